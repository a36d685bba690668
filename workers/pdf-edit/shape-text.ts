import type PDFKit from 'pdfkit';
import { findSystemFonts } from '../media/pdf/fonts/find-system-fonts.ts';
import { openTextPen } from '../media/pdf/pen/open-text-pen.ts';
import type { Line } from '../media/pdf/text/break-lines.ts';
import { drawLetters } from '../media/pdf/text/draw-line.ts';
import { fitLine } from '../media/pdf/text/fit-line.ts';
import { openTextTools } from '../media/pdf/text/open-text-tools.ts';
import type { TextStyle } from '../media/pdf/text/styled-text.ts';
import { type Letters, readColour } from './lettering.ts';
import type { Drawable } from './write-stamps.ts';

/** Of Noto Sans, in shares of the size: text in any script stands on the line Latin letters stand on. */
const usual = { ascent: 1.069, descent: 0.293 };

type TextPen = ReturnType<typeof openTextPen>;

/** Letters joined, stacked and turned as their scripts want it, in the machine's fonts. */
export async function shapeText(sample: string): Promise<Letters> {
  const tools = await openTextTools({ text: sample, systemFonts: findSystemFonts(), opaque: false });
  const pens = new WeakMap<PDFKit.PDFDocument, TextPen>();
  const penOf = (document: PDFKit.PDFDocument) => {
    const pen = pens.get(document) ?? openTextPen(document);
    pens.set(document, pen);
    return pen;
  };
  return async ({ text, size, color }) => {
    const style: TextStyle = { family: 'text', bold: true, italic: false, size, colour: await readColour(color) };
    const lines = text.split(/\r?\n/).map((line) => fitLine(line, style, Number.POSITIVE_INFINITY, tools));
    return drawable(
      lines.map((line) => measureLine(line, size)),
      penOf,
    );
  };
}

interface MeasuredLine {
  readonly line: Line;
  readonly ascent: number;
  readonly height: number;
}

/** Tall scripts make their own line taller. Points. */
function measureLine(line: Line, size: number): MeasuredLine {
  const faces = line.pieces.map(({ face }) => face);
  const ascent = Math.max(usual.ascent, ...faces.map((face) => face.ascent / 1000)) * size;
  const descent = Math.max(usual.descent, ...faces.map((face) => -face.descent / 1000)) * size;
  return { line, ascent, height: ascent + descent };
}

const drawable = (lines: readonly MeasuredLine[], penOf: (document: PDFKit.PDFDocument) => TextPen): Drawable => ({
  measure: () => ({
    width: Math.max(...lines.map(({ line }) => line.width)),
    height: lines.reduce((sum, { height }) => sum + height, 0),
  }),
  draw(document, box) {
    let top = -box.height / 2;
    for (const { line, ascent, height } of lines) {
      drawLetters(penOf(document), line, -line.width / 2, top + ascent);
      top += height;
    }
  },
});
