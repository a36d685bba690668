import { tagOf } from '../../media/pdf/pen/tag.ts';
import { drawLine } from '../../media/pdf/text/draw-line.ts';
import { itemise } from '../../media/pdf/text/itemise.ts';
import { plainSpan } from '../../media/pdf/text/styled-text.ts';
import type { Row } from '../page/row.ts';
import { readsRightToLeft } from './block-direction.ts';
import type { Column, LayingTools } from './column.ts';
import { body, colours, paragraphGap, tightGap } from './document-style.ts';
import { baselineIn, layCell } from './lay-text.ts';

export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** Labels in one column, as wide as the longest but at most two fifths, values in the other. */
export function* layFacts(facts: readonly Fact[], column: Column, tools: LayingTools): Generator<Row> {
  const label = { ...body, colour: colours.quiet };
  const width = (text: string) =>
    itemise([plainSpan(text, label)], tools).pieces.reduce((sum, piece) => sum + piece.width, 0);
  const left = Math.min(Math.max(...facts.map((fact) => width(fact.label))) + 14, column.width * 0.4);
  const rightToLeft = readsRightToLeft(facts.map((fact) => fact.label).join(' '));
  for (const [index, fact] of facts.entries()) {
    const labels = layCell([plainSpan(fact.label, label)], body.size, left - 14, tools);
    const values = layCell([plainSpan(fact.value, { ...body, bold: true })], body.size, column.width - left, tools);
    const height = Math.max(...[labels, values].map(({ lines }) => lines.reduce((sum, line) => sum + line.height, 0)));
    yield {
      height,
      gap: index === 0 ? paragraphGap : tightGap,
      backdrops: column.backdrops,
      tag: tagOf('P', column.tag),
      draw(pen, top) {
        for (const [block, from] of [
          [labels, 0],
          [values, left],
        ] as const) {
          let y = top;
          for (const { line, height: lineHeight } of block.lines) {
            const x = column.left + (rightToLeft ? column.width - from - line.width : from);
            drawLine(pen, line, x, y + baselineIn(line, lineHeight, body.size));
            y += lineHeight;
          }
        }
      },
    };
  }
}
