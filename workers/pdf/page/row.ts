import type { Pen } from '../../media/pdf/pen/pen.ts';
import type { Tag } from '../../media/pdf/pen/tag.ts';

/** Drawn behind every row of a block and the gaps between them: the bar of a quote, the ground of code. Points. */
export interface Backdrop {
  paint(pen: Pen, top: number, height: number): void;
}

export interface Heading {
  readonly level: number;
  readonly title: string;
  readonly anchor: string;
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
  /** What it is; `cells` say it of themselves while they are drawn. Without, it is decoration. */
  readonly tag?: Tag | 'cells' | undefined;
  /** Starts a page. */
  readonly startsPage?: boolean;
  /** What has to stand at the foot of the same page: footnotes. */
  readonly notes?: readonly Row[];
  /** Listed in the contents, the outline and `{section}`. */
  readonly heading?: Heading;
  readonly draw: (pen: Pen, top: number) => void | Promise<void>;
}

export const spacer = (height: number, more: Partial<Row> = {}): Row => ({ height, gap: 0, draw: () => {}, ...more });
