import type { Pen } from '../pen/pen.ts';
import type { GlyphRun } from '../pen/write-shapes.ts';
import type { Line } from './break-lines.ts';
import type { Piece } from './itemise.ts';
import { orderLine } from './order-line.ts';

/** Draws a line from its left end; pieces of one look go out as one run. Points. */
export function drawLine(pen: Pen, line: Line, left: number, baseline: number): void {
  for (const group of placed(line, left)) {
    if (group.first.style.link === undefined) drawGroup(pen, group, baseline);
    else pen.linked(() => drawGroup(pen, group, baseline));
  }
}

/** The letters and emoji of a line alone: no grounds, strokes and links. */
export function drawLetters(pen: Pick<Pen, 'glyphs' | 'picture'>, line: Line, left: number, baseline: number): void {
  for (const group of placed(line, left)) drawLook(pen, group, baseline);
}

interface PlacedGroup {
  readonly pieces: readonly Piece[];
  readonly first: Piece;
  readonly x: number;
  readonly width: number;
}

function* placed(line: Line, left: number): Generator<PlacedGroup> {
  let x = left;
  for (const pieces of sameLook(orderLine(line.pieces))) {
    const width = pieces.reduce((sum, piece) => sum + piece.width, 0);
    const [first] = pieces;
    if (first !== undefined) yield { pieces, first, x, width };
    x += width;
  }
}

function drawGroup(pen: Pen, group: PlacedGroup, baseline: number): void {
  const { pieces, first, x, width } = group;
  const { style } = first;
  if (style.background !== undefined) {
    pen.rectangle(x - 1.5, baseline - style.size, width + 3, style.size * 1.32, style.background);
  }
  drawLook(pen, group, baseline);
  if (style.strike) pen.line(x, baseline - style.size * 0.3, x + width, baseline - style.size * 0.3, style.colour, 0.7);
  if (style.link === undefined) return;
  const says = pieces.map((piece) => piece.text).join('');
  pen.link(style.link, { x, y: baseline - style.size, width, height: style.size * 1.3 }, says);
}

function drawLook(pen: Pick<Pen, 'glyphs' | 'picture'>, { pieces, first, x, width }: PlacedGroup, baseline: number) {
  const { style, object, face } = first;
  if (object === undefined) return pen.glyphs(glyphRun(pieces, first), x, baseline - (style.rise ?? 0));
  const { alt: text, height, above } = object;
  const picture = { bytes: object.image(), width, height, ascent: height * above, text, face, size: style.size };
  return pen.picture(picture, x, baseline);
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
