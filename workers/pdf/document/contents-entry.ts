import type { Heading } from '../page/row.ts';
import { type Block, textOf } from './blocks.ts';
import { everyBlock } from './number-footnotes.ts';

/** A line of the table of contents; `page` counts from 1 and is unknown while the document is laid out the first time. */
export interface ContentsEntry extends Heading {
  readonly page: number | undefined;
}

/** The headings down to a level. */
export function collectHeadings(blocks: readonly Block[], depth: number): ContentsEntry[] {
  const entries: ContentsEntry[] = [];
  for (const block of everyBlock(blocks)) {
    if (block.type !== 'heading' || block.level > depth) continue;
    entries.push({ level: block.level, title: textOf(block.inlines), anchor: block.anchor, page: undefined });
  }
  return entries;
}
