/** pdf-edit on PDFs made here, looked at with poppler and qpdf. No server. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import type { Output } from '../../workers/kind.ts';
import { pdfEditParams } from '../../workers/pdf-edit/contract.ts';
import { process as pdfEdit } from '../../workers/pdf-edit/process.ts';
import { fixturesAbsent, fixturesPresent, readFixtures } from '../support/fixtures.ts';
import { deflateBomb, makePdf, writePdf } from '../support/make-pdf.ts';
import { makeTask } from '../support/make-task.ts';
import { checkPdf, pdfInfo, pdfPages, pdfText, readWith, renderPage } from '../support/read-pdf.ts';

type Files = Parameters<typeof makeTask>[0]['files'];

async function run(params: object, ...files: Files): Promise<readonly Output[]> {
  return pdfEdit(await makeTask({ params: pdfEditParams.parse(params), files, name: 'out' }));
}

/** For one PDF in and one out. */
async function edit(operations: readonly object[], bytes: Uint8Array, more: object = {}): Promise<string> {
  const outputs = await run({ operations, ...more }, { bytes, name: 'report.pdf' });
  expect(outputs.map(({ name }) => name)).toEqual(['out.pdf']);
  return outputs[0]?.path ?? '';
}

const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) =>
      error instanceof AppError && error.code === 'input_invalid' ? error.publicMessage : String(error),
  );

const textsOf = async (path: string) => (await pdfPages(path)).map((text) => text.trim());

/** The middle of the dark pixels of a page at 72 dpi, as a share of its width and height. */
async function inkCentre(path: string, page = 1): Promise<{ x: number; y: number }> {
  const { data, info } = await sharp(await renderPage(path, page))
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const dark = [...data.keys()].filter((at) => (data[at] ?? 255) < 200);
  const mean = (of: (at: number) => number) => dark.reduce((sum, at) => sum + of(at), 0) / dark.length;
  return { x: mean((at) => at % info.width) / info.width, y: mean((at) => Math.floor(at / info.width)) / info.height };
}

const letters = () => makePdf(['A', 'B', 'C', 'D', 'E']);

describe('pages', () => {
  it('merges the inputs in order, with the pages asked for', async () => {
    const [one, two] = await Promise.all([makePdf(['A1', 'A2', 'A3']), makePdf(['B1', 'B2'])]);
    const files = [
      { bytes: one, name: 'one.pdf', reference: 'one' },
      { bytes: two, name: 'two.pdf', reference: 'two' },
    ];
    const [whole] = await run({}, ...files);
    expect(await textsOf(whole?.path ?? '')).toEqual(['A1', 'A2', 'A3', 'B1', 'B2']);
    expect(whole?.facts).toMatchObject({ pages: 5 });
    const sources = [{ input: 'two.pdf', pages: 'last' }, { input: 'one', pages: '3-1' }, { input: 'two' }];
    const [mixed] = await run({ sources }, ...files);
    expect(await textsOf(mixed?.path ?? '')).toEqual(['B2', 'A3', 'A2', 'A1', 'B1', 'B2']);
  });

  it('selects, reorders and deletes', async () => {
    expect(await textsOf(await edit([{ op: 'select', pages: 'last,1-2,1' }], await letters()))).toEqual([
      'E',
      'A',
      'B',
      'A',
    ]);
    expect(await textsOf(await edit([{ op: 'delete', pages: 'even' }], await letters()))).toEqual(['A', 'C', 'E']);
    expect(await messageOf(edit([{ op: 'delete', pages: 'all' }], await letters()))).toMatch(
      /^No page of “report.pdf”/,
    );
    expect(await messageOf(edit([{ op: 'select', pages: '7' }], await letters()))).toMatch(/has 5 pages/);
  });

  it('rotates what is asked for', async () => {
    const path = await edit([{ op: 'rotate', degrees: 90, pages: '2' }], await letters());
    expect(await pdfInfo(path, '-f', '1', '-l', '2')).toMatchObject({ 'Page    1 rot': '0', 'Page    2 rot': '90' });
  });

  it('splits by number and by ranges, and goes on with each part', async () => {
    const file = { bytes: await letters(), name: 'report.pdf' };
    const pairs = await run({ operations: [{ op: 'split', every: 2 }] }, file);
    expect(pairs.map(({ name, facts }) => [name, facts?.pages])).toEqual([
      ['out-1.pdf', 2],
      ['out-2.pdf', 2],
      ['out-3.pdf', 1],
    ]);
    const operations = [
      { op: 'split', ranges: ['4-', '1'] },
      { op: 'page-numbers', format: 'p{page}/{pages}' },
    ];
    const parts = await run({ operations }, file);
    expect(await Promise.all(parts.map(({ path }) => textsOf(path)))).toEqual([
      [expect.stringMatching(/^D\s+p1\/2$/), expect.stringMatching(/^E\s+p2\/2$/)],
      [expect.stringMatching(/^A\s+p1\/1$/)],
    ]);
  });
});

describe('stamps', () => {
  const blank = (rotate: number) => makePdf([' '], { rotate, size: [300, 500] });

  it.each([0, 90, 180, 270])('a text at the top right is upright and there on a page turned by %i', async (rotate) => {
    const path = await edit(
      [{ op: 'stamp', text: 'Übung 7', position: 'top-right', size: 20, opacity: 1 }],
      await blank(rotate),
    );
    const { x, y } = await inkCentre(path);
    expect(x).toBeGreaterThan(0.6);
    expect(y).toBeLessThan(0.2);
    expect(await pdfText(path)).toContain('Übung 7');
    const upright = await readWith('pdftotext', ['-bbox', path, '-']);
    const [, xMin, yMin, xMax, yMax] =
      /xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">Übung/.exec(upright) ?? [];
    expect(Number(xMax) - Number(xMin)).toBeGreaterThan(Number(yMax) - Number(yMin));
  });

  it('a text in any script is drawn in letters, on the line where Latin ones stand, and can be searched', async () => {
    const stamp = (text: string, position: string) => ({ op: 'stamp', text, position, size: 20, opacity: 1 });
    const path = await edit([stamp('שלום Abc', 'top-left'), stamp('Abc', 'top-right')], await blank(0));
    expect(await pdfText(path)).toContain('שלום');
    const boxes = await readWith('pdftotext', ['-bbox', path, '-']);
    const [one, two] = [...boxes.matchAll(/yMin="([\d.]+)"[^>]*>Abc</g)].map(([, y]) => Number(y));
    expect(Math.abs((one ?? 0) - (two ?? 99))).toBeLessThan(1);
    const { x, y } = await inkCentre(path);
    expect(x).toBeGreaterThan(0.3);
    expect(y).toBeLessThan(0.2);
    expect((await readWith('pdfimages', ['-list', path])).trim().split('\n')).toHaveLength(2);
  });

  it('a picture lies where it should, on the pages asked for, as strong as asked', async () => {
    const logo = await sharp({ create: { width: 80, height: 40, channels: 4, background: '#ff0000' } })
      .png()
      .toBuffer();
    const operations = [
      { op: 'stamp', input: 'logo', position: 'bottom-left', margin: 0, scale: 0.5, opacity: 0.5, pages: '2' },
    ];
    const [output] = await run(
      { operations },
      { bytes: await makePdf([' ', ' '], { size: [200, 400] }), name: 'report.pdf' },
      { bytes: logo, name: 'logo.png', reference: 'logo' },
    );
    const pixel = async (page: number, left: number, top: number) =>
      (
        await sharp(await renderPage(output?.path ?? '', page))
          .extract({ left, top, width: 1, height: 1 })
          .raw()
          .toBuffer()
      )[1];
    expect(await pixel(1, 10, 390)).toBe(255);
    expect(await pixel(2, 10, 390)).toBeGreaterThan(115);
    expect(await pixel(2, 10, 390)).toBeLessThan(140);
    expect(await pixel(2, 110, 390)).toBe(255);
    expect(await pixel(2, 10, 340)).toBe(255);
  });

  it('a PDF lies under the pages as letter paper, still as text; small, it is a picture', async () => {
    const paper = { bytes: await makePdf(['ACME Ltd']), name: 'paper.pdf', reference: 'paper' };
    const letter = { bytes: await makePdf(['\n\n\nDear Ada', '\n\n\nYours']), name: 'letter.pdf' };
    const [under] = await run({ operations: [{ op: 'stamp', input: 'paper', under: true }] }, letter, paper);
    for (const text of await textsOf(under?.path ?? '')) expect(text).toContain('ACME Ltd');
    const small = { op: 'stamp', input: 'paper', position: 'bottom-right', scale: 0.2 };
    const [over] = await run({ operations: [small] }, letter, paper);
    expect(await readWith('pdfimages', ['-list', over?.path ?? ''])).toMatch(/^\s+1\s+0 image/m);
  });

  it('numbers the pages from where it is told, at the foot', async () => {
    const numbers = { op: 'page-numbers', format: '– {page} of {pages} –', pages: '2-last', start: 1, size: 14 };
    const path = await edit([{ op: 'rotate', degrees: 90 }, numbers], await makePdf([' ', ' ', ' ']));
    expect((await textsOf(path)).map((text) => text.trim())).toEqual(['', '– 1 of 2 –', '– 2 of 2 –']);
    const { x, y } = await inkCentre(path, 3);
    expect(x).toBeCloseTo(0.5, 1);
    expect(y).toBeGreaterThan(0.9);
  });
});

describe('protection', () => {
  const secret = { pdfVersion: '1.7ext3', userPassword: 'käse', ownerPassword: 'boss' } as const;

  it('encrypts with AES-256, which readers ask the password for', async () => {
    const encrypt = { userPassword: 'öffne "dich"', allow: { print: 'none', modify: 'none', extract: false } };
    const path = await edit([], await letters(), { encrypt });
    await expect(pdfText(path)).rejects.toThrow(/Incorrect password/);
    const said = await readWith('qpdf', ['--show-encryption', '--password=öffne "dich"', path]);
    expect(said).toMatch(/R = 6[\s\S]*print high resolution: not allowed[\s\S]*stream encryption method: AESv3/);
  });

  it('stays as it was, or is taken off when so asked', async () => {
    const bytes = await makePdf(['A', 'B'], secret);
    const kept = await edit([{ op: 'select', pages: '2' }], bytes, { password: 'käse' });
    expect(await readWith('pdftotext', ['-upw', 'käse', kept, '-'])).toContain('B');
    await expect(pdfText(kept)).rejects.toThrow(/Incorrect password/);
    expect(await pdfText(await edit([], bytes, { password: 'käse', decrypt: true }))).toMatch(/A\s+B/);
  });

  it('says when a password is missing or wrong', async () => {
    const bytes = await makePdf(['A'], secret);
    expect(await messageOf(edit([], bytes))).toMatch(/needs a password: send it as `password`/);
    expect(await messageOf(edit([], bytes, { password: 'nope' }))).toMatch(/password does not open “report.pdf”/);
  });
});

describe('the file', () => {
  it('is linearised', async () => {
    expect(await pdfInfo(await edit([], await letters(), { linearise: true }))).toMatchObject({ Optimized: 'yes' });
  });

  it('becomes smaller, and says by how much', async () => {
    const noise = await sharp({
      create: {
        width: 600,
        height: 600,
        channels: 3,
        background: 'white',
        noise: { type: 'gaussian', mean: 128, sigma: 30 },
      },
    })
      .png()
      .toBuffer();
    const bytes = await makePdf(['photo'], { draw: (document) => document.image(noise, 50, 100, { width: 300 }) });
    const [output] = await run({ optimise: 'images' }, { bytes, name: 'report.pdf' });
    const left = (await readFile(output?.path ?? '')).length;
    expect(output?.facts).toMatchObject({ originalBytes: bytes.length, savedBytes: bytes.length - left });
    expect(left).toBeLessThan(bytes.length / 2);
  });

  it('gets new properties, or none', async () => {
    const bytes = await makePdf(['A'], { info: { Title: 'Old', Author: 'Eve', Keywords: 'x' } });
    const set = await edit([{ op: 'metadata', title: 'Größe <1> & ∞', author: '' }], bytes);
    const info = await pdfInfo(set);
    expect(info).toMatchObject({ Title: 'Größe <1> & ∞', Keywords: 'x' });
    expect(info).not.toHaveProperty('Author');
    const bare = await pdfInfo(await edit([{ op: 'metadata', strip: true }], bytes));
    expect(Object.keys(bare)).not.toEqual(expect.arrayContaining(['Title']));
    expect(bare).not.toHaveProperty('CreationDate');
  });

  it('says the same in its XMP packet, which readers believe first', async () => {
    const old = '<x:xmpmeta xmlns:x="adobe:ns:meta/">Old title, pdfaid:part 2</x:xmpmeta>';
    const bytes = writePdf(
      ['<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>'],
      [{ dictionary: '/Type /Metadata /Subtype /XML', stream: Buffer.from(old) }],
      { catalog: '/Metadata 4 0 R' },
    );
    const packet = await readWith('pdfinfo', ['-meta', await edit([{ op: 'metadata', title: 'R & D' }], bytes)]);
    expect(packet).toContain('<rdf:li xml:lang="x-default">R &amp; D</rdf:li>');
    expect(packet).not.toMatch(/Old title|pdfaid/);
    expect(await pdfInfo(await edit([{ op: 'metadata', strip: true }], bytes))).toMatchObject({
      'Metadata Stream': 'no',
    });
  });

  it('loses its forms, and what was filled in stays', async () => {
    const bytes = await makePdf(['Name:'], {
      draw: (document) => {
        document.initForm();
        document.formText('name', 100, 200, 200, 30, { value: 'Ada Lovelace' });
      },
    });
    const path = await edit([{ op: 'flatten' }], bytes);
    expect(await pdfInfo(path)).toMatchObject({ Form: 'none' });
    expect(await pdfText(path)).toContain('Ada Lovelace');
  });

  it('gives its text and its pictures away', async () => {
    const photo = await sharp({ create: { width: 60, height: 30, channels: 3, background: 'teal' } })
      .jpeg()
      .toBuffer();
    const bytes = await makePdf(['Ärger', 'two'], {
      draw: (document, index) => void (index === 1 && document.image(photo, 9, 99)),
    });
    const outputs = await run({ operations: [{ op: 'text' }, { op: 'images' }] }, { bytes, name: 'report.pdf' });
    expect(outputs.map(({ name }) => name)).toEqual(['out.txt', 'out-image-1.jpg']);
    expect(await readFile(outputs[0]?.path ?? '', 'utf8')).toMatch(/Ärger[\s\S]*\f[\s\S]*two/);
    expect(await readFile(outputs[1]?.path ?? '')).toEqual(photo);
    expect(outputs[1]?.facts).toMatchObject({ width: 60, height: 30, page: 2 });
    const none = run({ operations: [{ op: 'images', pages: '1' }] }, { bytes, name: 'report.pdf' });
    expect(await messageOf(none)).toBe('“report.pdf” holds no pictures.');
  });
});

describe('hostile', () => {
  it('a stream that unpacks to 4 GB never becomes a result that is broken', async () => {
    const ended = await messageOf(run({ optimise: true }, { bytes: deflateBomb(), name: 'report.pdf' }));
    expect(ended).toMatch(/^“report.pdf” (is damaged|takes more time or memory than one task may use)/);
  });

  it('no password is ever on a command line, and none is left in scratch', async () => {
    const seen = new Set<string>();
    const watching = watchCommandLines(seen);
    const params = pdfEditParams.parse({ encrypt: { userPassword: 'sesame-1', ownerPassword: 'sesame-2' } });
    const file = { bytes: await letters(), name: 'report.pdf' };
    const caught = () => [...seen].some((line) => line.includes('job-json-file'));
    let task = await makeTask({ params, files: [file], name: 'out' });
    await pdfEdit(task);
    // qpdf is gone within milliseconds; again until one was caught at work, or nothing would have been looked at.
    for (let round = 0; !caught() && round < 60; round += 1) {
      task = await makeTask({ params, files: [file], name: 'out' });
      await pdfEdit(task);
    }
    await watching.stop();
    expect(caught()).toBe(true);
    expect([...seen].filter((line) => line.includes('sesame'))).toEqual([]);
    for (const left of await readdir(task.scratch)) {
      expect((await readFile(join(task.scratch, left))).includes('sesame')).toBe(false);
    }
  });
});

/** Looks at what every user of the machine can see in /proc, again and again until it is told to stop. */
function watchCommandLines(seen: Set<string>): { stop(): Promise<void> } {
  let watching = true;
  const looking = (async () => {
    while (watching) {
      for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
        const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
        if (line.includes('qpdf')) seen.add(line.replaceAll('\0', ' '));
      }
    }
  })();
  return {
    stop() {
      watching = false;
      return looking;
    },
  };
}

it('says which inputs there are when a name is wrong', async () => {
  const wrong = run({ sources: [{ input: 'annex' }] }, { bytes: await letters(), name: 'report.pdf' });
  expect(await messageOf(wrong)).toBe('There is no input “annex” in `use` of this step. There is “input”.');
});

if (!fixturesPresent) process.stdout.write(`no PDFs of the fixtures edited: ${fixturesAbsent}\n`);
const documents = readFixtures().filter(({ file, expected }) => file.endsWith('.pdf') && expected.thumbnail !== '-');

describe.skipIf(!fixturesPresent)('fixtures', () => {
  it.each(documents)('$kind/$file → $expected.thumbnail', async ({ file, path, expected }) => {
    const operations = [
      { op: 'rotate', degrees: 90, pages: '1' },
      { op: 'page-numbers', format: '{page} / {pages}' },
    ];
    const work = run({ operations, decrypt: true, optimise: true, linearise: true }, { path, name: file });
    const ended = await messageOf(work);
    if (expected.thumbnail === 'ok') expect(ended).toBe('no error');
    else if (ended !== 'no error') expect(ended).toMatch(/needs a password|damaged|not one, whatever|has no pages/);
    if (expected.thumbnail === 'ok') await checkPdf((await work)[0]?.path ?? '');
  });
});
