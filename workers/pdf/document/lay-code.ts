import { tagOf } from '../../media/pdf/pen/tag.ts';
import type { TextStyle } from '../../media/pdf/text/styled-text.ts';
import { type Backdrop, type Row, spacer } from '../page/row.ts';
import { colourCode } from './colour-code.ts';
import { type Column, indent, type LayingTools } from './column.ts';
import { body, codePadding, codeSize, colours, paragraphGap } from './document-style.ts';
import { laySpans } from './lay-text.ts';

export const codeStyle: TextStyle = { ...body, family: 'mono', size: codeSize };

/** A block of code on its ground; long lines go on below, nothing is cut off. */
export function* layCode(
  block: { readonly text: string; readonly language: string },
  column: Column,
  tools: LayingTools,
): Generator<Row> {
  const ground: Backdrop = {
    paint: (pen, top, height) => pen.rectangle(column.left, top, column.width, height, colours.ground),
  };
  const inside = indent(column, codePadding);
  const narrow: Column = { ...inside, width: inside.width - codePadding, backdrops: [...column.backdrops, ground] };
  const { backdrops } = narrow;
  yield spacer(codePadding, { gap: paragraphGap, keep: true, backdrops });
  const tag = tagOf('Code', tagOf('P', column.tag));
  const lines = colourCode(block.text, block.language, codeStyle);
  for (const [index, line] of lines.entries()) {
    for (const row of laySpans(
      line.map((span) => ({ ...span, text: preserved(span.text) })),
      { gap: 0, style: codeStyle, lineFactor: 1.4, tag },
      narrow,
      tools,
    )) {
      yield { ...row, keep: index === 0 || index >= lines.length - 2 };
    }
  }
  yield spacer(codePadding, { backdrops });
}

/** Spaces count in code, so none may be lost where a line goes on below; readers get them back as spaces. */
const preserved = (line: string) => line.replaceAll('\t', '    ').replaceAll(/ (?= )|^ /g, '\u00a0');
