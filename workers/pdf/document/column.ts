import type { Tag } from '../../media/pdf/pen/tag.ts';
import type { TextTools } from '../../media/pdf/text/itemise.ts';
import type { Backdrop, Row } from '../page/row.ts';
import type { Block } from './blocks.ts';
import type { ContentsEntry } from './contents-entry.ts';
import type { InlineTools } from './style-inlines.ts';

/** Where blocks are laid: a column on the page, points from its left edge, and what stands behind it. */
export interface Column {
  readonly left: number;
  readonly width: number;
  /** A page's inner height: nothing may be taller. */
  readonly pageHeight: number;
  readonly backdrops: readonly Backdrop[];
  /** Lists it is in; 0 unless said. */
  readonly depth?: number;
  /** How the list or quote lies that it is in; outside of those each text lies as it reads. */
  readonly rightToLeft?: boolean;
  /** What the blocks in it belong to: a quote, an item of a list. */
  readonly tag?: Tag;
}

export interface LayingTools extends TextTools, InlineTools {
  /** The whole width of the page's text, where footnotes go. */
  readonly page: Column;
  readonly contents: readonly ContentsEntry[];
  /** Laid footnotes by name: the same rows each time, so that a page shows a note once. */
  readonly noteRows: Map<string, readonly Row[]>;
}

/** Blocks in a column, as rows: handed to blocks that hold blocks. */
export type LayBlocks = (blocks: readonly Block[], column: Column, tools: LayingTools) => Generator<Row>;

/** A nested column never gets narrower than this, however deep the nesting (points). */
export const minColumnWidth = 60;

/** On the side its text starts at. */
export function indent(column: Column, by: number): Column {
  const step = Math.max(0, Math.min(by, column.width - minColumnWidth));
  return { ...column, left: column.left + (column.rightToLeft ? 0 : step), width: column.width - step };
}
