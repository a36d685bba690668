import type { Face } from '../fonts/open-font-book.ts';
import type { Glyph, Shape } from '../text/create-shaper.ts';

export interface GlyphRun {
  readonly face: Face;
  /** Points. */
  readonly size: number;
  readonly colour: string;
  readonly shapes: readonly (Shape & { readonly text: string })[];
}

/** pdfkit's own font object: the parts of it that make a subset with a way back to text. */
export interface EmbeddedFont {
  readonly id: string;
  readonly subset: { includeGlyph(id: number): number };
  readonly widths: number[];
  readonly unicode: (readonly number[])[];
  ref(): unknown;
}

/** A vowel sign of Arabic or Hebrew, to be drawn as an outline. */
export interface DrawnMark {
  readonly id: number;
  readonly x: number;
  readonly y: number;
}

interface Written {
  readonly operators: string;
  readonly marks: readonly DrawnMark[];
}

/**
 * Text operators for a run. The page is turned upside down by pdfkit (y grows downwards), so the text matrix turns it back.
 *
 * Marks that hang off their letter in right-to-left text are written without ink where the pen is, and drawn as outlines where
 * they belong: readers such as poppler take a glyph that is not next in line for the start of another word.
 */
export function writeShapes(font: EmbeddedFont, run: GlyphRun, startX: number, baseline: number): Written {
  const writer = createWriter(run.size, baseline);
  const marks: DrawnMark[] = [];
  let x = startX;
  for (const shape of run.shapes) {
    if (shape.unfaithful) writer.tell(shape.text);
    for (const glyph of shape.glyphs) {
      const id = include(font, glyph);
      const ambiguous = !shape.unfaithful && !meansTheSame(font.unicode[id], glyph);
      if (ambiguous) writer.tell(String.fromCodePoint(...glyph.codePoints));
      const hangs = shape.rightToLeft && (glyph.xOffset !== 0 || glyph.yOffset !== 0);
      if (hangs) marks.push({ id: glyph.id, ...placeOf(glyph, x, baseline, run.size) });
      writer.glyph(glyph, id, x, hangs);
      x += (glyph.advance * run.size) / 1000;
      if (ambiguous) writer.told();
    }
    if (shape.unfaithful) writer.told();
  }
  return { operators: writer.end(), marks };
}

const placeOf = ({ xOffset, yOffset }: Glyph, x: number, baseline: number, size: number) => ({
  x: x + (xOffset * size) / 1000,
  y: baseline - (yOffset * size) / 1000,
});

/** Collects `TJ` arrays, and moves the text matrix only where a glyph does not stand where the one before ended. */
function createWriter(size: number, baseline: number) {
  let operators = '';
  let array = '';
  let moved = true;
  const flush = () => {
    if (array !== '') operators += `[${array}] TJ `;
    array = '';
  };
  const add = (text: string) => {
    flush();
    operators += text;
  };
  return {
    tell: (text: string) => add(`/Span <</ActualText ${utf16(text)}>> BDC `),
    told: () => add('EMC '),
    glyph(glyph: Glyph, id: number, x: number, inkless: boolean): void {
      const shifted = !inkless && (glyph.xOffset !== 0 || glyph.yOffset !== 0);
      const place = shifted ? placeOf(glyph, x, baseline, size) : { x, y: baseline };
      if (shifted || moved) add(`1 0 0 -1 ${number(place.x)} ${number(place.y)} Tm `);
      if (inkless) add('3 Tr ');
      moved = shifted;
      const extra = glyph.advance - glyph.nominal;
      array += `<${hex(id)}>${Math.abs(extra) > 0.01 ? number(-extra) : ''}`;
      if (inkless) add('0 Tr ');
    },
    end(): string {
      flush();
      return operators;
    },
  };
}

/** Puts the glyph into the subset. The first characters it stands for are what a reader will copy. */
function include(font: EmbeddedFont, glyph: Glyph): number {
  const id = font.subset.includeGlyph(glyph.id);
  font.widths[id] ??= glyph.nominal;
  font.unicode[id] ??= glyph.codePoints;
  return id;
}

/** One glyph can stand for two characters (A of Latin and of Greek, a mirrored bracket): then only the first is on record. */
const meansTheSame = (known: readonly number[] | undefined, { codePoints }: Glyph): boolean =>
  known === undefined || codePoints.length === 0 || String(known) === String(codePoints);

export const number = (value: number) => String(Math.round(value * 100) / 100);
const hex = (id: number) => id.toString(16).padStart(4, '0');

function utf16(text: string): string {
  let digits = 'FEFF';
  for (let at = 0; at < text.length; at++) digits += hex(text.charCodeAt(at));
  return `<${digits}>`;
}
