/** The PDFs the examples of `pdf-pages` and `pdf-edit` are made from. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import { PDFDocument as FormDocument, rgb } from '@cantoo/pdf-lib';
import * as fontkit from 'fontkit';
import PDFDocument from 'pdfkit';

type Document = PDFKit.PDFDocument;

/** One of the fonts of the farm: the 14 standard ones look different on every machine. */
const font = createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf');
const [width, height] = [420, 595];
const colours = ['#24386e', '#e9b23c', '#b5483a', '#4d8a5b'];

/** Four pages, each with its number, so that one sees which is which and how it lies. */
export const drawBrochure = (): Promise<Buffer> =>
  write(colours, (document, colour, index) => {
    document.rect(0, 0, width, 150).fill(colour);
    document
      .fontSize(80)
      .fillColor('white')
      .text(`${index + 1}`, 30, 20);
    document.fontSize(15).fillColor('#222');
    for (let line = 0; line < 9; line += 1) {
      document.text('Lessons for beginners, boats for rent, tea at five.', 30, 190 + line * 34, { width: width - 60 });
    }
  });

/** The paper of a letter, to lie under its text. */
export const drawPaper = (): Promise<Buffer> =>
  write(['#24386e'], (document, colour) => {
    document.rect(0, 0, width, 60).fill(colour);
    document.fontSize(20).fillColor('white').text('Sailing school', 30, 16);
    document
      .fontSize(9)
      .fillColor(colour)
      .text('Quay 4 · Faro · sail@example.com', 30, height - 40);
  });

/** As a printer gets it: a sheet larger than what is shown, with marks where it is cut. */
export const drawSheet = (): Promise<Buffer> =>
  write(['#e9b23c'], (document, colour) => {
    const [edge, gap] = [60, 8];
    const box = [edge, edge, width - edge, height - edge];
    const { dictionary } = document.page;
    Object.assign(dictionary.data, { CropBox: box, TrimBox: box });
    document.rect(edge, edge, width - 2 * edge, height - 2 * edge).fill(colour);
    document
      .fontSize(40)
      .fillColor('white')
      .text('Poster', edge + 30, edge + 30);
    for (const x of [edge, width - edge]) {
      for (const y of [edge, height - edge]) {
        const [left, up] = [x < width / 2 ? -1 : 1, y < height / 2 ? -1 : 1];
        document
          .moveTo(x + gap * left, y)
          .lineTo(x + 40 * left, y)
          .stroke('black');
        document
          .moveTo(x, y + gap * up)
          .lineTo(x, y + 40 * up)
          .stroke('black');
      }
    }
  });

/** A letter that leaves room for its paper. */
export const drawNote = (): Promise<Buffer> =>
  write(['#222'], (document, colour) => {
    document.fontSize(22).fillColor(colour).text('Dear Ada,', 30, 120);
    document
      .fontSize(15)
      .text('your boat is ready. Come to the quay on Monday at nine, and bring soft shoes.', 30, 170, {
        width: width - 60,
      });
    document.text('Ines', 30, 260);
  });

/** With fields to fill in, and filled; what they hold is drawn in a font of the farm, so nothing has to be guessed when they are flattened. */
export async function drawForm(): Promise<Buffer> {
  const paper = await write(['#24386e'], (document) => {
    document.fontSize(24).fillColor('#222').text('Enrolment', 30, 30);
    document.fontSize(13).text('Name', 30, 90).text('Course', 30, 150);
  });
  const pdf = await FormDocument.load(paper);
  pdf.registerFontkit(fontkit);
  const letters = await pdf.embedFont(await readFile(font), { subset: true });
  const form = pdf.getForm();
  for (const [name, value, fromTop] of [
    ['name', 'Ada Lovelace', 82],
    ['course', 'Beginners', 142],
  ] as const) {
    const field = form.createTextField(name);
    field.setText(value);
    const place = { x: 120, y: height - fromTop - 28, width: 250, height: 28 };
    field.addToPage(pdf.getPage(0), { ...place, font: letters, borderWidth: 1, borderColor: rgb(0.14, 0.22, 0.43) });
    field.setFontSize(13);
  }
  form.updateFieldAppearances(letters);
  return Buffer.from(await pdf.save());
}

async function write(
  pages: readonly string[],
  draw: (document: Document, colour: string, index: number) => void,
): Promise<Buffer> {
  const document = new PDFDocument({ autoFirstPage: false, size: [width, height], margin: 0 });
  for (const [index, colour] of pages.entries()) {
    document.addPage();
    document.font(font);
    draw(document, colour, index);
  }
  document.end();
  return await buffer(document);
}
