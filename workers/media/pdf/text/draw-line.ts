import type { Pen } from '../pen/pen.ts';
import type { GlyphRun } from '../pen/write-shapes.ts';
import type { Line } from './break-lines.ts';
import type { Piece } from './itemise.ts';
import { orderLine } from './order-line.ts';

/** Draws a line from its left end; pieces of one look go out as one run. Points. */
export function drawLine(pen: Pen, line: Line, left: number, baseline: number): void {
  let x = left;
  for (const group of sameLook(orderLine(line.pieces))) {
    const width = group.reduce((sum, piece) => sum + piece.width, 0);
    const left = x;
    if (group[0]?.style.link === undefined) drawGroup(pen, group, left, baseline, width);
    else pen.linked(() => drawGroup(pen, group, left, baseline, width));
    x += width;
  }
}

function drawGroup(pen: Pen, group: readonly Piece[], x: number, baseline: number, width: number): void {
  const [first] = group;
  if (first === undefined) return;
  const { style, object, face } = first;
  if (style.background !== undefined) {
    pen.rectangle(x - 1.5, baseline - style.size, width + 3, style.size * 1.32, style.background);
  }
  if (object !== undefined) {
    const { alt: text, height, above } = object;
    const picture = { bytes: object.image(), width, height, ascent: height * above, text, face, size: style.size };
    pen.picture(picture, x, baseline);
  } else pen.glyphs(glyphRun(group, first), x, baseline - (style.rise ?? 0));
  if (style.strike) pen.line(x, baseline - style.size * 0.3, x + width, baseline - style.size * 0.3, style.colour, 0.7);
  if (style.link === undefined) return;
  const says = group.map((piece) => piece.text).join('');
  pen.link(style.link, { x, y: baseline - style.size, width, height: style.size * 1.3 }, says);
}

function glyphRun(group: readonly Piece[], { face, style }: Piece): GlyphRun {
  const shapes = group.map(({ shape, text }) => ({ ...shape, text }));
  return { face, size: style.size, colour: style.colour, shapes };
}

function* sameLook(pieces: readonly Piece[]): Generator<readonly Piece[]> {
  let group: Piece[] = [];
  for (const piece of pieces) {
    const [first] = group;
    const joins = first !== undefined && first.face === piece.face && first.style === piece.style;
    if (joins && first.object === undefined && piece.object === undefined) {
      group.push(piece);
      continue;
    }
    if (group.length > 0) yield group;
    group = [piece];
  }
  if (group.length > 0) yield group;
}
