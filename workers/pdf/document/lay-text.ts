import { type Tag, tagOf } from '../../media/pdf/pen/tag.ts';
import { breakLines, type Line } from '../../media/pdf/text/break-lines.ts';
import { drawLine } from '../../media/pdf/text/draw-line.ts';
import { itemise } from '../../media/pdf/text/itemise.ts';
import type { Span, TextStyle } from '../../media/pdf/text/styled-text.ts';
import type { Row } from '../page/row.ts';
import type { Alignment, Inlines } from './blocks.ts';
import type { Column, LayingTools } from './column.ts';
import { body, lineFactor as bodyLineFactor, noteStyle } from './document-style.ts';
import { noFootnotes } from './number-footnotes.ts';
import { styleInlines } from './style-inlines.ts';

export interface TextLook {
  /** Above the first line. */
  readonly gap: number;
  readonly style?: TextStyle;
  readonly lineFactor?: number;
  readonly align?: Alignment;
  /** A paragraph in its column unless said. */
  readonly tag?: Tag;
}

/** A paragraph as rows of one line; first and last two stay together (no widows, no orphans). */
export function* layText(inlines: Inlines, look: TextLook, column: Column, tools: LayingTools): Generator<Row> {
  yield* laySpans(styleInlines(inlines, look.style ?? body, tools), look, column, tools);
}

export function* laySpans(spans: readonly Span[], look: TextLook, column: Column, tools: LayingTools): Generator<Row> {
  const { pieces, rightToLeft } = itemise(spans, tools);
  const lines = breakLines(pieces, column.width, tools);
  const size = (look.style ?? body).size;
  const tag = look.tag ?? tagOf('P', column.tag);
  for (const [index, line] of lines.entries()) {
    const height = lineHeight(line, size * (look.lineFactor ?? bodyLineFactor));
    const left = column.left + offset(line, column.width, look.align ?? startOf(column.rightToLeft ?? rightToLeft));
    yield {
      height,
      gap: index === 0 ? look.gap : 0,
      keep: lines.length > 1 && (index === 0 || index === lines.length - 2),
      backdrops: column.backdrops,
      tag,
      notes: footnotesOf(line, tools),
      draw: (pen, top) => drawLine(pen, line, left, top + baselineIn(line, height, size)),
    };
  }
}

export const startOf = (rightToLeft: boolean): Alignment => (rightToLeft ? 'right' : 'left');

/** The notes a line refers to, as rows for the foot of its page. */
export function footnotesOf(line: Line, tools: LayingTools): Row[] {
  const names = new Set(line.pieces.flatMap(({ style }) => style.footnote ?? []));
  return [...names].flatMap((name) => {
    const rows = tools.noteRows.get(name) ?? layNote(name, tools);
    tools.noteRows.set(name, rows);
    return rows;
  });
}

function layNote(name: string, tools: LayingTools): readonly Row[] {
  const mark = { text: `${tools.footnotes.numberOf(name)}. `, style: noteStyle };
  // A note cannot refer to notes: they could refer to each other without end.
  const said = styleInlines(tools.footnotes.textOf(name), noteStyle, { ...tools, footnotes: noFootnotes });
  return [
    ...laySpans([mark, ...said], { gap: 2, style: noteStyle, lineFactor: 1.35, tag: tagOf('Note') }, tools.page, tools),
  ];
}

/** Text in one block of lines, for cells. */
export interface TextBlock {
  readonly lines: readonly { readonly line: Line; readonly height: number }[];
  readonly rightToLeft: boolean;
}

export function layCell(spans: readonly Span[], size: number, width: number, tools: LayingTools): TextBlock {
  const { pieces, rightToLeft } = itemise(spans, tools);
  const lines = breakLines(pieces, width, tools);
  return { rightToLeft, lines: lines.map((line) => ({ line, height: lineHeight(line, size * 1.35) })) };
}

export function offset(line: Line, width: number, align: Alignment): number {
  if (align === 'center') return (width - line.width) / 2;
  return align === 'right' ? width - line.width : 0;
}

/** At least the usual height; pictures and tall scripts (Nastaliq, Tibetan) make their own line taller. */
export function lineHeight(line: Line, usual: number): number {
  const tallest = line.pieces.map(({ face, style, object }) =>
    object !== undefined ? object.height * 1.05 : ((face.ascent - face.descent) * style.size) / 1000,
  );
  return Math.max(usual, ...tallest);
}

/** The baseline sits so that the letters' box is in the middle of the line. Points from the top of the line. */
export function baselineIn(line: Line, height: number, size: number): number {
  const ascent = Math.max(
    0.8 * size,
    ...line.pieces.map(({ face, style, object }) =>
      object !== undefined ? object.height * object.above : (face.ascent * style.size) / 1000,
    ),
  );
  const descent = Math.max(
    0.2 * size,
    ...line.pieces.map(({ face, style, object }) =>
      object !== undefined ? object.height * (1 - object.above) : (-face.descent * style.size) / 1000,
    ),
  );
  return (height - ascent - descent) / 2 + ascent;
}
