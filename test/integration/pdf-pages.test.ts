/** pdf-pages on PDFs made here, on real and hostile ones, and on bombs. Needs poppler and qpdf; no server. */

import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { pdfPagesParams } from '../../workers/pdf-pages/contract.ts';
import { process as pdfPages } from '../../workers/pdf-pages/process.ts';
import { fixturesAbsent, fixturesPresent, readFixtures } from '../support/fixtures.ts';
import { deflateBomb, makePdf, writePdf } from '../support/make-pdf.ts';
import { makeTask } from '../support/make-task.ts';

async function run(params: object, file: { bytes: Uint8Array } | { path: string }, name = 'report.pdf') {
  const task = await makeTask({ params: pdfPagesParams.parse(params), files: [{ ...file, name }], name: 'pages' });
  return pdfPages(task);
}

const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) =>
      error instanceof AppError && error.code === 'input_invalid' ? error.publicMessage : String(error),
  );

describe('pictures', () => {
  it('draws every page at 150 dpi, unless asked otherwise', async () => {
    const outputs = await run({}, { bytes: await makePdf(['one', 'two']) });
    expect(outputs.map(({ name }) => name)).toEqual(['pages-1.png', 'pages-2.png']);
    expect(outputs[1]).toMatchObject({
      mediaType: 'image/png',
      facts: { width: 1240, height: 1754, page: 2, pages: 2, dpi: 150 },
    });
    expect(await sharp(outputs[1]?.path).metadata()).toMatchObject({ format: 'png', width: 1240, height: 1754 });
  });

  it.each(['png', 'jpeg', 'webp', 'avif'])('makes a thumbnail as %s', async (format) => {
    const [output] = await run({ pages: '1', width: 320, format }, { bytes: await makePdf(['one']) });
    const picture = await sharp(output?.path).metadata();
    expect(picture).toMatchObject({ format: format === 'avif' ? 'heif' : format, width: 320, height: 453 });
  });

  it.each([
    [0, {}, 283, 400],
    [90, {}, 400, 283],
    [180, {}, 283, 400],
    [270, {}, 400, 283],
    [90, { background: 'transparent' }, 400, 283],
    [270, { background: 'white', format: 'webp' }, 400, 283],
  ])('fits a page turned by %i into a box as it is seen %j', async (rotate, more, width, height) => {
    const square = (document: PDFKit.PDFDocument) => void document.rect(200, 300, 200, 200).fill('#000');
    const bytes = await makePdf([' '], { rotate, draw: square });
    const [output] = await run({ width: 400, height: 400, ...more }, { bytes });
    expect(output?.facts).toMatchObject({ width, height });
    const drawn = sharp(output?.path).flatten({ background: 'white' });
    expect(await sharp(output?.path).metadata()).toMatchObject({ width, height });
    // What was square on the page is square in the picture.
    const { info } = await drawn.trim({ threshold: 100 }).toBuffer({ resolveWithObject: true });
    expect(Math.abs(info.width - info.height)).toBeLessThanOrEqual(2);
    expect(info.width).toBeGreaterThan(80);
  });

  it('gives the paper a colour, or none', async () => {
    const bytes = await makePdf(['one']);
    const [clear] = await run({ width: 100, background: 'transparent' }, { bytes });
    const [red] = await run({ width: 100, background: '#ff0000', format: 'jpeg', quality: 100 }, { bytes });
    expect((await sharp(clear?.path).raw().toBuffer()).readUInt32BE(0)).toBe(0);
    const [r = 0, g = 255] = await sharp(red?.path).raw().toBuffer();
    expect(r).toBeGreaterThan(250);
    expect(g).toBeLessThan(5);
  });

  it('shows the crop box as viewers do, or the whole sheet', async () => {
    const bytes = writePdf(['<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /CropBox [100 100 300 200] >>']);
    const [crop] = await run({ dpi: 72 }, { bytes });
    const [media] = await run({ dpi: 72, box: 'media' }, { bytes });
    expect(crop?.facts).toMatchObject({ width: 200, height: 100 });
    expect(media?.facts).toMatchObject({ width: 400, height: 400 });
  });
});

describe('text', () => {
  it('comes as a file a page', async () => {
    const outputs = await run({ text: true, width: 50 }, { bytes: await makePdf(['Grüße', 'zwei']) });
    expect(outputs.map(({ name }) => name)).toEqual(['pages-1.png', 'pages-2.png', 'pages-1.txt', 'pages-2.txt']);
    expect((await readFile(outputs[2]?.path ?? '', 'utf8')).trim()).toBe('Grüße');
  });

  it('comes as one JSON file, without pictures when so asked', async () => {
    const outputs = await run({ text: 'json', images: false, pages: 'last' }, { bytes: await makePdf(['one', 'two']) });
    expect(outputs).toHaveLength(1);
    const { pages } = JSON.parse(await readFile(outputs[0]?.path ?? '', 'utf8'));
    expect(pages).toMatchObject([{ page: 2, text: expect.stringContaining('two') }]);
  });
});

describe('what is wrong is said', () => {
  it('a page that is not there', async () => {
    const bytes = await makePdf(['one', 'two', 'three', 'four']);
    expect(await messageOf(run({ pages: '2,12' }, { bytes }))).toBe(
      'There is no page 12: “report.pdf” has 4 pages. Ask for 1 to 4.',
    );
  });

  it('a password that is missing or wrong; the right one opens', async () => {
    const bytes = await makePdf(['secret'], { pdfVersion: '1.7ext3', userPassword: 'geheim ü' });
    expect(await messageOf(run({}, { bytes }))).toMatch(/needs a password: send it as `password`/);
    expect(await messageOf(run({ password: 'Geheim' }, { bytes }))).toMatch(/password does not open “report.pdf”/);
    expect(await run({ password: 'geheim ü', width: 64 }, { bytes })).toHaveLength(1);
  });

  it('something that is no PDF, and an empty file', async () => {
    expect(await messageOf(run({}, { bytes: Buffer.from('hello') }))).toMatch(/^Expected a PDF, but the content of/);
    expect(await messageOf(run({}, { bytes: Buffer.alloc(0) }))).toMatch(/is empty \(0 bytes\)/);
  });

  it('a PDF that is cut off where nothing can be repaired', async () => {
    const bytes = (await makePdf(['one'])).subarray(0, 60);
    expect(await messageOf(run({}, { bytes }))).toMatch(/“report.pdf” (is damaged|has no pages)/);
  });
});

/** Poppler may use 15 s of CPU and 2 GB for a page; the bombs are made small enough to be stopped by one of them or to be drawn. */
describe('bombs', () => {
  it('a page of 200 000 points is drawn at the largest size allowed', async () => {
    const bytes = writePdf(['<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200000 200000] >>']);
    const [output] = await run({ dpi: 300 }, { bytes });
    expect(output?.facts).toMatchObject({ width: 8944, height: 8944 });
  });

  it.each([
    ['a stream that unpacks to 4 GB', deflateBomb],
    ['forms nested to 10⁹ drawings', formBomb],
  ])('%s ends within the limits, with a sentence', async (_what, make) => {
    expect(await messageOf(run({ width: 320 }, { bytes: make() }))).toMatch(
      /^Page 1 of “report.pdf” takes more time or memory than one task may use/,
    );
  });

  it('a cancelled step ends its poppler at once', async () => {
    const controller = new AbortController();
    const params = pdfPagesParams.parse({});
    const task = await makeTask({ params, files: [{ bytes: formBomb(), name: 'x.pdf' }], signal: controller.signal });
    const work = pdfPages(task);
    setTimeout(() => controller.abort(new Error('cancelled by its owner')), 500);
    await expect(work).rejects.toThrow('cancelled by its owner');
  });
});

/** Nine forms, each drawing the next ten times. */
function formBomb(): Buffer {
  const forms = Array.from({ length: 9 }, (_, level) => ({
    dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 200 200] /Resources << /XObject << /F ${level + 5} 0 R >> >>`,
    stream: Buffer.from(level === 8 ? '0 0 m 200 200 l S' : '/F Do '.repeat(10)),
  }));
  return writePdf(
    [
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>',
    ],
    forms,
  );
}

if (!fixturesPresent) process.stdout.write(`no PDFs of the fixtures tried: ${fixturesAbsent}\n`);
const documents = readFixtures().filter(({ file, expected }) => file.endsWith('.pdf') && expected.thumbnail !== '-');

describe.skipIf(!fixturesPresent)('fixtures', () => {
  it.each(documents)('$kind/$file → $expected.thumbnail', async ({ file, path, expected }) => {
    const ended = await messageOf(run({ pages: '1', width: 320, text: true }, { path }, file));
    if (expected.thumbnail === 'ok') expect(ended).toBe('no error');
    else if (ended !== 'no error')
      expect(ended).toMatch(/needs a password|is damaged|not one, whatever|has no pages|trap/);
    if (expected.thumbnail === 'clean error') expect(ended).not.toBe('no error');
  });
});
