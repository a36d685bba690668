import { tagOf } from '../../media/pdf/pen/tag.ts';
import type { Row } from '../page/row.ts';
import type { Column, LayingTools } from './column.ts';
import { body } from './document-style.ts';
import { laySpans } from './lay-text.ts';

/** Plain text: every line as it was written; a form feed starts a page. */
export function* layPlain(text: string, column: Column, tools: LayingTools): Generator<Row> {
  for (const [sheet, page] of text.split('\f').entries()) {
    const tag = tagOf('P', column.tag);
    let startsPage = sheet > 0;
    for (const line of page.replace(/\n$/, '').split('\n')) {
      for (const row of laySpans([{ text: indented(line), style: body }], { gap: 0, tag }, column, tools)) {
        yield { ...row, keep: false, ...(startsPage && { startsPage }) };
        startsPage = false;
      }
    }
  }
}

/** Spaces at the start of a line would be trimmed at a break; no-break spaces stay. */
export const indented = (line: string) =>
  line.replaceAll('\t', '    ').replace(/^ +/, (spaces) => '\u00a0'.repeat(spaces.length));
