import { bidi } from '../../media/pdf/text/bidi.ts';
import { type Block, type Inlines, textOf } from './blocks.ts';
import type { Column } from './column.ts';
import { everyInline } from './number-footnotes.ts';

/** Enough to meet a letter that has a direction; digits and signs have none. */
const lookedAt = 2000;

/** Whether the first letter that has a direction runs from right to left (UAX 9, rules P2 and P3). */
export function readsRightToLeft(text: string): boolean {
  return ((bidi.getEmbeddingLevels(text.slice(0, lookedAt), 'auto').paragraphs[0]?.level ?? 0) & 1) === 1;
}

/** Lists and quotes lie as the first text in them reads; those inside of one lie as it does. */
export const directed = (column: Column, blocks: readonly Block[]): Column =>
  column.rightToLeft === undefined ? { ...column, rightToLeft: readsRightToLeft(textIn(everyInline(blocks))) } : column;

export const cellsReadRightToLeft = (cells: readonly Inlines[]): boolean => readsRightToLeft(textIn(cells.flat()));

function textIn(inlines: Iterable<Inlines[number]>): string {
  let text = '';
  for (const inline of inlines) {
    if (inline.type === 'text' && inline.marks.code !== true) text += `${textOf([inline])} `;
    if (text.length > lookedAt) break;
  }
  // A paragraph separator would end what is looked at.
  return text.replace(/\s+/g, ' ');
}
