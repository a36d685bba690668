import type { Face } from '../fonts/open-font-book.ts';
import type { Link } from '../text/styled-text.ts';
import type { Tag } from './tag.ts';
import type { GlyphRun } from './write-shapes.ts';

/** What rows draw with; points from the top left of the page, y down. */
export interface Pen {
  /** What is drawn inside is this part of the document; without a tag it is decoration. Not nested. */
  tagged(tag: Tag | undefined, draw: () => void | Promise<void>): Promise<void>;
  /** A link in what is being drawn, which its area is told to with `link`; in decoration it is only drawn. Not nested. */
  linked(draw: () => void): void;
  glyphs(run: GlyphRun, x: number, baseline: number): void;
  rectangle(x: number, y: number, width: number, height: number, colour: string): void;
  /** An SVG path in page coordinates. */
  path(d: string, look: { readonly fill?: string; readonly stroke?: string; readonly thickness?: number }): void;
  line(x1: number, y1: number, x2: number, y2: number, colour: string, thickness: number): void;
  /** `clip` cuts off what is outside it. The same key is embedded once, however often it is drawn. */
  image(source: ImageSource, at: Rectangle, clip?: Rectangle): Promise<void>;
  /** A picture that stands for text: copied and searched as `text`. */
  picture(picture: InlinePicture, x: number, baseline: number): void;
  /** A dotted line. */
  dots(x1: number, x2: number, y: number, colour: string): void;
  /** `says` is read aloud for it. */
  link(link: Link, at: Rectangle, says: string): void;
  /** A place that links can go to. */
  destination(name: string, y: number): void;
  /** An entry of the outline that readers show beside the pages; deeper levels hang below the last shallower one. */
  outline(level: number, title: string, y: number): void;
}

export interface InlinePicture {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
  /** Below its top, the baseline of the line. */
  readonly ascent: number;
  readonly text: string;
  /** Of the text around it. */
  readonly face: Face;
  readonly size: number;
}

export interface ImageSource {
  readonly key: object;
  /** JPEG, or PNG; asked for only when the key is new. */
  bytes(): Promise<Buffer>;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
