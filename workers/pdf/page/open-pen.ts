import type PDFKit from 'pdfkit';
import type { Face } from '../fonts/open-font-book.ts';
import type { Glyph } from '../text/create-shaper.ts';
import type { Link } from '../text/styled-text.ts';
import { type DrawnMark, type EmbeddedFont, type GlyphRun, number, writeShapes } from './write-shapes.ts';

/** What rows draw with; points from the top left of the page, y down. */
export interface Pen {
  glyphs(run: GlyphRun, x: number, baseline: number): void;
  rectangle(x: number, y: number, width: number, height: number, colour: string): void;
  /** An SVG path in page coordinates. */
  path(d: string, look: { readonly fill?: string; readonly stroke?: string; readonly thickness?: number }): void;
  line(x1: number, y1: number, x2: number, y2: number, colour: string, thickness: number): void;
  /** `clip` cuts off what is outside it. */
  image(bytes: Buffer, x: number, y: number, width: number, height: number, clip?: Rectangle): void;
  /** A picture that stands for text: copied and searched as `text`. */
  picture(picture: InlinePicture, x: number, baseline: number): void;
  link(link: Link, x: number, y: number, width: number, height: number): void;
  /** A place that links can go to. */
  destination(name: string, y: number): void;
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

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Internals {
  _font: EmbeddedFont;
  addContent(operators: string): void;
  page: { fonts: Record<string, unknown> };
  openImage(bytes: Buffer): unknown;
}

/** Draws on the current page of a pdfkit document. */
export function openPen(document: PDFKit.PDFDocument): Pen {
  return { ...openTextPen(document), ...openShapePen(document), ...openPlacePen(document) };
}

type TextPen = Pick<Pen, 'glyphs' | 'image' | 'picture'>;

/**
 * Glyphs are written by hand, because pdfkit's `text` lays out word by word from left to right and gives no say in what a glyph
 * means. This file and write-shapes.ts alone know how pdfkit keeps its fonts.
 */
function openTextPen(document: PDFKit.PDFDocument): TextPen {
  const inside = document as unknown as Internals;
  const fonts = new Map<Face, EmbeddedFont>();
  const images = new WeakMap<Buffer, unknown>();

  function fontOf(face: Face): EmbeddedFont {
    const known = fonts.get(face);
    if (known !== undefined) return known;
    document.font(face.font as unknown as string);
    fonts.set(face, inside._font);
    return inside._font;
  }

  function drawImage(bytes: Buffer, x: number, y: number, width: number, height: number): void {
    const image = images.get(bytes) ?? inside.openImage(bytes);
    images.set(bytes, image);
    document.image(image as string, x, y, { width, height });
  }

  function write(run: GlyphRun, x: number, baseline: number): void {
    const font = fontOf(run.face);
    inside.page.fonts[font.id] ??= font.ref();
    const written = writeShapes(font, run, x, baseline);
    inside.addContent(`BT /${font.id} ${number(run.size)} Tf ${written.operators}ET`);
    for (const mark of written.marks) drawMark(mark, run);
  }

  function drawMark(mark: DrawnMark, { face, size, colour }: GlyphRun): void {
    const scale = (face.scale * size) / 1000;
    document.save().translate(mark.x, mark.y).scale(scale, -scale);
    document.path(face.font.getGlyph(mark.id).path.toSVG()).fill(colour).restore();
  }

  return {
    glyphs(run, x, baseline) {
      document.fillColor(run.colour);
      write(run, x, baseline);
    },
    image(bytes, x, y, width, height, clip) {
      document.save();
      if (clip !== undefined) document.rect(clip.x, clip.y, clip.width, clip.height).clip();
      drawImage(bytes, x, y, width, height);
      document.restore();
    },
    picture(picture, x, baseline) {
      drawImage(picture.bytes, x, baseline - picture.ascent, picture.width, picture.height);
      const stretch = (picture.width * 100_000) / (spaceWidth(picture.face) * picture.size);
      inside.addContent(`q 3 Tr ${number(stretch)} Tz`);
      write(spelling(picture), x, baseline);
      inside.addContent('Q');
    },
  };
}

const spaceWidth = ({ font, scale }: Face) => font.glyphForCodePoint(0x20).advanceWidth * scale;

/** A space, to be stretched over the picture, that says its text to a reader. */
function spelling({ text, face, size }: InlinePicture): GlyphRun {
  const width = spaceWidth(face);
  const { id } = face.font.glyphForCodePoint(0x20);
  const space: Glyph = { id, codePoints: [0x20], advance: width, nominal: width, xOffset: 0, yOffset: 0 };
  const shape = { glyphs: [space], width, unfaithful: true, rightToLeft: false, text };
  return { face, size, colour: '#000000', shapes: [shape] };
}

function openShapePen(document: PDFKit.PDFDocument): Pick<Pen, 'rectangle' | 'line' | 'path'> {
  return {
    rectangle: (x, y, width, height, colour) => void document.rect(x, y, width, height).fill(colour),
    line(x1, y1, x2, y2, colour, thickness) {
      document.moveTo(x1, y1).lineTo(x2, y2).lineWidth(thickness).stroke(colour);
    },
    path(d, { fill, stroke, thickness }) {
      document.path(d).lineWidth(thickness ?? 1);
      if (fill !== undefined && stroke !== undefined) document.fillAndStroke(fill, stroke);
      else if (fill !== undefined) document.fill(fill);
      else document.stroke(stroke ?? '#000000');
    },
  };
}

function openPlacePen(document: PDFKit.PDFDocument): Pick<Pen, 'link' | 'destination'> {
  return {
    link(link, x, y, width, height) {
      if ('url' in link) document.link(x, y, width, height, link.url);
      else document.goTo(x, y, width, height, link.goTo);
    },
    destination: (name, y) => void document.addNamedDestination(name, 'XYZ', 0, y, null),
  };
}
