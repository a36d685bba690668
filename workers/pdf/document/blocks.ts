import type { ChartData } from '../chart/chart-data.ts';

/** A document as the layout sees it, whatever syntax it was written in. */

export type Inline =
  | { readonly type: 'text'; readonly text: string; readonly marks: Marks }
  | { readonly type: 'break' }
  | { readonly type: 'footnote'; readonly name: string }
  | { readonly type: 'image'; readonly source: string; readonly alt: string; readonly marks: Marks };

export interface Marks {
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly code?: boolean;
  readonly strike?: boolean;
  /** A web address, or `#name` in this document. */
  readonly href?: string;
}

export type Inlines = readonly Inline[];

export type Alignment = 'left' | 'center' | 'right' | undefined;

export interface ListItem {
  /** Of a task list: done or not. */
  readonly checked?: boolean;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly type: 'heading'; readonly level: number; readonly anchor: string; readonly inlines: Inlines }
  | { readonly type: 'paragraph'; readonly inlines: Inlines; readonly tight?: boolean }
  | { readonly type: 'image'; readonly source: string; readonly alt: string }
  | { readonly type: 'code'; readonly text: string; readonly language: string }
  | { readonly type: 'quote'; readonly blocks: readonly Block[] }
  | {
      readonly type: 'list';
      readonly start: number | undefined;
      readonly tight: boolean;
      readonly items: readonly ListItem[];
    }
  | {
      readonly type: 'table';
      readonly alignments: readonly Alignment[];
      readonly head: readonly Inlines[];
      readonly rows: readonly (readonly Inlines[])[];
    }
  | { readonly type: 'facts'; readonly items: readonly { readonly label: string; readonly value: string }[] }
  | ({ readonly type: 'chart' } & ChartData)
  | { readonly type: 'rule' }
  /** The list of headings with their pages. */
  | { readonly type: 'contents' }
  /** What a footnote says; it is laid at the foot of the page that refers to it. */
  | { readonly type: 'footnote'; readonly name: string; readonly inlines: Inlines }
  | { readonly type: 'page-break' }
  /** Lines kept as they are, spaces and all. */
  | { readonly type: 'plain'; readonly text: string };

export const textOf = (inlines: Inlines): string =>
  inlines
    .map((inline) => (inline.type === 'text' ? inline.text : inline.type === 'image' ? inline.alt : ' '))
    .join('')
    .trim();
