/** The PDFs the examples of `pdf-pages` and `pdf-edit` are made from. */
import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
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

/** With fields to fill in, one of them filled. */
export const drawForm = (): Promise<Buffer> =>
  write(['#24386e'], (document) => {
    document.fontSize(24).fillColor('#222').text('Enrolment', 30, 30);
    document.fontSize(13).text('Name', 30, 90).text('Course', 30, 150);
    document.font('Helvetica').initForm();
    document.formText('name', 120, 82, 250, 28, { value: 'Ada Lovelace', borderColor: '#24386e' });
    document.formText('course', 120, 142, 250, 28, { value: 'Beginners', borderColor: '#24386e' });
  });

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
