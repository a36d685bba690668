import type { Pen } from './open-pen.ts';

/** Drawn behind every row of a block and the gaps between them: the bar of a quote, the ground of code. Points. */
export interface Backdrop {
  paint(pen: Pen, top: number, height: number): void;
}

/** The smallest thing a page takes or refuses: a line of text, a table row, an image. Heights in points. */
export interface Row {
  readonly height: number;
  /** Above the row, unless it is first on its page. */
  readonly gap: number;
  /** Stays on one page with the row after it: headings, first and last lines of paragraphs. */
  readonly keep?: boolean;
  /** Drawn again when this row is the first of a page: a table's head. */
  readonly head?: readonly Row[];
  readonly backdrops?: readonly Backdrop[];
  /** Starts a page. */
  readonly startsPage?: boolean;
  /** Called when the page is known, in both passes: an anchor, a heading. */
  readonly place?: (page: number) => void;
  readonly draw: (pen: Pen, top: number) => void | Promise<void>;
}

export const spacer = (height: number, more: Partial<Row> = {}): Row => ({ height, gap: 0, draw: () => {}, ...more });
