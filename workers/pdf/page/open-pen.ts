import type PDFKit from 'pdfkit';
import type { Face } from '../fonts/open-font-book.ts';
import type { Glyph, Shape } from '../text/create-shaper.ts';
import type { Link } from '../text/styled-text.ts';

/** What rows draw with; points from the top left of the page, y down. */
export interface Pen {
  glyphs(run: GlyphRun, x: number, baseline: number): void;
  rectangle(x: number, y: number, width: number, height: number, colour: string): void;
  line(x1: number, y1: number, x2: number, y2: number, colour: string, thickness: number): void;
  /** `clip` cuts off what is outside it. */
  image(bytes: Buffer, x: number, y: number, width: number, height: number, clip?: Rectangle): void;
  /** A picture that stands for text: copied and searched as `text`. */
  picture(bytes: Buffer, text: string, face: Face, x: number, y: number, width: number, height: number): void;
  link(link: Link, x: number, y: number, width: number, height: number): void;
  /** A place that links can go to. */
  destination(name: string, y: number): void;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface GlyphRun {
  readonly face: Face;
  /** Points. */
  readonly size: number;
  readonly colour: string;
  readonly shapes: readonly (Shape & { readonly text: string })[];
}

/** pdfkit's own font object: the parts of it that make a subset with a way back to text. */
interface EmbeddedFont {
  readonly id: string;
  readonly subset: { includeGlyph(id: number): number };
  readonly widths: number[];
  readonly unicode: (readonly number[])[];
  ref(): unknown;
}

interface Internals {
  _font: EmbeddedFont;
  addContent(operators: string): void;
  page: { fonts: Record<string, unknown>; height: number };
  openImage(bytes: Buffer): unknown;
}

/**
 * Draws on the current page of a pdfkit document. Glyphs are written by hand, because pdfkit's `text` lays out word by word from
 * left to right and gives no say in what a glyph means; this is the only file that knows how pdfkit keeps its fonts.
 */
export function openPen(document: PDFKit.PDFDocument): Pen {
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

  function openImage(bytes: Buffer): string {
    const image = images.get(bytes) ?? inside.openImage(bytes);
    images.set(bytes, image);
    return image as string;
  }

  function text(run: GlyphRun, x: number, baseline: number, mode: string): void {
    const font = fontOf(run.face);
    inside.page.fonts[font.id] ??= font.ref();
    const start = `BT /${font.id} ${number(run.size)} Tf ${mode}`;
    inside.addContent(`${start}${writeShapes(font, run, x, baseline)}ET`);
  }

  return {
    glyphs(run, x, baseline) {
      document.fillColor(run.colour);
      text(run, x, baseline, '');
    },
    rectangle: (x, y, width, height, colour) => void document.rect(x, y, width, height).fill(colour),
    line(x1, y1, x2, y2, colour, thickness) {
      document.moveTo(x1, y1).lineTo(x2, y2).lineWidth(thickness).stroke(colour);
    },
    image(bytes, x, y, width, height, clip) {
      document.save();
      if (clip !== undefined) document.rect(clip.x, clip.y, clip.width, clip.height).clip();
      document.image(openImage(bytes), x, y, { width, height });
      document.restore();
    },
    picture(bytes, alt, face, x, y, width, height) {
      document.image(openImage(bytes), x, y, { width, height });
      const id = face.font.glyphForCodePoint(0x20).id;
      const advance = (width * 1000) / height;
      const space: Glyph = { id, codePoints: [0x20], advance, nominal: advance, xOffset: 0, yOffset: 0 };
      const shape = { glyphs: [space], width: advance, unfaithful: true, text: alt };
      text({ face, size: height, colour: '#000000', shapes: [shape] }, x, y + height * 0.8, '3 Tr ');
    },
    link(link, x, y, width, height) {
      if ('url' in link) document.link(x, y, width, height, link.url);
      else document.goTo(x, y, width, height, link.goTo);
    },
    destination: (name, y) => void document.addNamedDestination(name, 'XYZ', 0, y, null),
  };
}

/** The page is turned upside down by pdfkit (y grows downwards), so the text matrix turns it back. */
function writeShapes(font: EmbeddedFont, { size, shapes }: GlyphRun, startX: number, baseline: number): string {
  let operators = '';
  let array = '';
  let x = startX;
  let moved = true;
  const flush = () => {
    if (array !== '') operators += `[${array}] TJ `;
    array = '';
  };
  const moveTo = (toX: number, toY: number) => {
    flush();
    operators += `1 0 0 -1 ${number(toX)} ${number(toY)} Tm `;
  };
  for (const shape of shapes) {
    const told = shape.unfaithful || !shape.glyphs.every((glyph) => keepsMeaning(font, glyph));
    if (told) {
      flush();
      operators += `/Span <</ActualText ${utf16(shape.text)}>> BDC `;
    }
    for (const glyph of shape.glyphs) {
      const shifted = glyph.xOffset !== 0 || glyph.yOffset !== 0;
      if (shifted || moved) moveTo(x + (glyph.xOffset * size) / 1000, baseline - (glyph.yOffset * size) / 1000);
      moved = shifted;
      array += `<${hex(include(font, glyph))}>`;
      const extra = glyph.advance - glyph.nominal;
      if (Math.abs(extra) > 0.01) array += number(-extra);
      x += (glyph.advance * size) / 1000;
    }
    if (told) {
      flush();
      operators += 'EMC ';
    }
  }
  flush();
  return operators;
}

/** Puts the glyph into the subset. The first characters it stands for are what a reader will copy. */
function include(font: EmbeddedFont, glyph: Glyph): number {
  const id = font.subset.includeGlyph(glyph.id);
  font.widths[id] ??= glyph.nominal;
  font.unicode[id] ??= glyph.codePoints;
  return id;
}

/** One glyph can stand for two characters (A of Latin and of Greek, a mirrored bracket): then only the first is on record. */
function keepsMeaning(font: EmbeddedFont, glyph: Glyph): boolean {
  const known = font.unicode[include(font, glyph)];
  return (
    known === undefined ||
    (known.length === glyph.codePoints.length && known.every((code, at) => code === glyph.codePoints[at]))
  );
}

const number = (value: number) => String(Math.round(value * 100) / 100);
const hex = (id: number) => id.toString(16).padStart(4, '0');

function utf16(text: string): string {
  let digits = 'FEFF';
  for (let at = 0; at < text.length; at++) digits += hex(text.charCodeAt(at));
  return `<${digits}>`;
}
