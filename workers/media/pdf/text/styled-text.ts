import type { FaceStyle } from '../fonts/open-font-book.ts';

/** A web address, or the name of a place in this document. */
export type Link = { readonly url: string } | { readonly goTo: string };

export interface TextStyle extends FaceStyle {
  /** Points. */
  readonly size: number;
  /** `#rrggbb`. */
  readonly colour: string;
  readonly link?: Link;
  readonly strike?: boolean;
  /** Points above the baseline (superscripts). */
  readonly rise?: number;
  /** The name of the footnote this refers to: it has to stand on the same page. */
  readonly footnote?: string;
  /** Behind the letters, as for inline code. */
  readonly background?: string;
}

/** A picture that stands in a line like a letter; sizes in points. */
export interface InlineObject {
  readonly width: number;
  readonly height: number;
  readonly alt: string;
  /** How much of the height stands above the baseline, 0 … 1. */
  readonly above: number;
  readonly image: () => Buffer;
}

export interface Span {
  /** U+FFFC when `object` is set. `\n` breaks the line. */
  readonly text: string;
  readonly style: TextStyle;
  readonly object?: InlineObject;
}

export const plainSpan = (text: string, style: TextStyle): Span => ({ text, style });
