import type PDFKit from 'pdfkit';
import { InputError } from '../../../../shared/errors.ts';
import type { Face } from '../fonts/open-font-book.ts';
import type { Glyph } from '../text/create-shaper.ts';
import type { InlinePicture, Pen } from './pen.ts';
import { type DrawnMark, type EmbeddedFont, type GlyphRun, number, writeShapes } from './write-shapes.ts';

interface Internals {
  _font: EmbeddedFont;
  addContent(operators: string): void;
  page: { fonts: Record<string, unknown> };
  openImage(bytes: Buffer): unknown;
}

/**
 * Text and pictures. Glyphs are written by hand, because pdfkit's `text` lays out word by word from left to right and gives no
 * say in what a glyph means. `everyGlyph`: a letter that no font has is an error, not an empty box. This file and write-shapes.ts alone know how pdfkit keeps its fonts and images.
 */
export function openTextPen(
  document: PDFKit.PDFDocument,
  { everyGlyph = false } = {},
): Pick<Pen, 'glyphs' | 'image' | 'picture'> {
  const inside = document as unknown as Internals;
  const fontOf = keepFonts(document, inside);
  const images = new WeakMap<object, string>();

  function embed(key: object, bytes: Buffer): string {
    const image = inside.openImage(bytes) as string;
    images.set(key, image);
    return image;
  }

  function write(run: GlyphRun, x: number, baseline: number): void {
    const font = fontOf(run.face);
    inside.page.fonts[font.id] ??= font.ref();
    const written = writeShapes(font, run, x, baseline);
    inside.addContent(`BT /${font.id} ${number(run.size)} Tf ${written.operators}ET`);
    for (const mark of written.marks) drawMark(document, mark, run);
  }

  return {
    glyphs(run, x, baseline) {
      if (everyGlyph) refuseMissing(run);
      document.fillColor(run.colour);
      write(run, x, baseline);
    },
    async image(source, { x, y, width, height }, clip) {
      const image = images.get(source.key) ?? embed(source.key, await source.bytes());
      document.save();
      if (clip !== undefined) document.rect(clip.x, clip.y, clip.width, clip.height).clip();
      document.image(image, x, y, { width, height });
      document.restore();
    },
    picture(picture, x, baseline) {
      const { bytes, width, height, face, size } = picture;
      document.image(images.get(bytes) ?? embed(bytes, bytes), x, baseline - picture.ascent, { width, height });
      inside.addContent(`q 3 Tr ${number((width * 100_000) / (spaceWidth(face) * size))} Tz`);
      write(spelling(picture), x, baseline);
      inside.addContent('Q');
    },
  };
}

/** Glyph 0 stands for what a font does not have. */
function refuseMissing({ shapes }: GlyphRun): void {
  const missing = shapes.find(({ glyphs }) => glyphs.some(({ id }) => id === 0));
  if (missing === undefined) return;
  const codes = Array.from(missing.text.trim(), (letter) => `U+${letter.codePointAt(0)?.toString(16).toUpperCase()}`);
  throw new InputError(
    `No font here has all letters of “${missing.text.trim().slice(0, 40)}” (${codes.slice(0, 8).join(' ')}), and PDF/A has no place ` +
      'for what cannot be drawn. Take them out, have a font for them installed on the workers, or leave out `conformance`.',
  );
}

function keepFonts(document: PDFKit.PDFDocument, inside: Internals): (face: Face) => EmbeddedFont {
  const fonts = new Map<Face, EmbeddedFont>();
  return (face) => {
    const known = fonts.get(face);
    if (known !== undefined) return known;
    document.font(face.font as unknown as string);
    fonts.set(face, inside._font);
    return inside._font;
  };
}

function drawMark(document: PDFKit.PDFDocument, mark: DrawnMark, { face, size, colour }: GlyphRun): void {
  const scale = (face.scale * size) / 1000;
  document.save().translate(mark.x, mark.y).scale(scale, -scale);
  document.path(face.font.getGlyph(mark.id).path.toSVG()).fill(colour).restore();
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
