import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { makeTask } from '../../test/support/make-task.ts';
import {
  checkPdf,
  pdfInfo,
  pdfPages,
  pdfReadersMissing,
  pdfText,
  readWith,
  renderPage,
} from '../../test/support/read-pdf.ts';
import { buildPdf } from './build-pdf.ts';
import { type PdfParams, pdfContract } from './contract.ts';
import { process as runProcess } from './process.ts';

const picture = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 3, background } })
    .jpeg()
    .toBuffer();

const text = (content: string, name = 'text.md') => ({ name, bytes: Buffer.from(content), mediaType: 'text/markdown' });

/** Without the thread, which is the same code and costs a second each time; `process` itself is tried below. */
async function build(params: Partial<PdfParams>, files: Parameters<typeof makeTask>[0]['files']) {
  const task = await makeTask({ params: pdfContract.params.parse(params), files, name: 'book' });
  const path = join(task.scratch, 'book.pdf');
  const facts = await buildPdf({ params: task.params, inputs: task.inputs, path }, task.progress);
  return { path, facts };
}

if (pdfReadersMissing) process.stdout.write(`skipping the tests that read PDFs back: ${pdfReadersMissing}\n`);
const readable = describe.skipIf(pdfReadersMissing !== undefined);

readable('layout pages', () => {
  it('gives every image a page of its own, in order, turned as it lies', async () => {
    const pdf = await build({ layout: 'pages' }, [
      { name: 'wide.jpg', bytes: await picture(400, 200, '#ff0000'), mediaType: 'image/jpeg' },
      { name: 'tall.jpg', bytes: await picture(200, 400, '#0000ff'), mediaType: 'image/jpeg' },
    ]);
    await checkPdf(pdf.path);
    expect(pdf.facts.pages).toBe(2);
    const info = await pdfInfo(pdf.path, '-f', '1', '-l', '2');
    expect(info['Page    1 size']).toContain('841.89 x 595.28');
    expect(info['Page    2 size']).toContain('595.28 x 841.89');
    expect(await colourAt(pdf.path, 1, 0.5, 0.5)).toEqual([254, 0, 0]);
    expect(await colourAt(pdf.path, 2, 0.5, 0.5)).toEqual([0, 0, 254]);
  });

  it('applies the orientation a camera wrote', async () => {
    const upright = await sharp(await picture(300, 200, '#00ff00'))
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const pdf = await build({ layout: 'pages' }, [{ name: 'camera.jpg', bytes: upright, mediaType: 'image/jpeg' }]);
    expect((await pdfInfo(pdf.path))['Page size']).toContain('595.28 x 841.89');
  });

  it('reads formats PDF does not know and reduces pictures finer than dpi', async () => {
    const noise = await sharp({
      create: {
        width: 900,
        height: 600,
        channels: 3,
        noise: { type: 'gaussian', mean: 128, sigma: 30 },
        background: '#000000',
      },
    })
      .avif({ effort: 0 })
      .toBuffer();
    const fine = await build({ layout: 'pages' }, [{ name: 'a.avif', bytes: noise, mediaType: 'image/avif' }]);
    const coarse = await build({ layout: 'pages', dpi: 36 }, [
      { name: 'a.avif', bytes: noise, mediaType: 'image/avif' },
    ]);
    expect((await stat(coarse.path)).size).toBeLessThan((await stat(fine.path)).size / 3);
  });

  it.each([
    ['contain', [255, 255, 255]],
    ['cover', [254, 0, 0]],
    ['fill', [254, 0, 0]],
  ] as const)('fit %s meets the margins as it says', async (fit, nearTheTop) => {
    const files = [{ name: 'wide.jpg', bytes: await picture(400, 200, '#ff0000'), mediaType: 'image/jpeg' }];
    const pdf = await build({ layout: 'pages', fit, page: { size: 'A5', orientation: 'portrait', margin: 20 } }, files);
    expect(await colourAt(pdf.path, 1, 0.5, 0.12)).toEqual(nearTheTop);
    expect(await colourAt(pdf.path, 1, 0.5, 0.05)).toEqual([255, 255, 255]);
  });
});

readable('scans', () => {
  it('gives every page of a TIFF a page, named and numbered', async () => {
    const sheet = (background: string) =>
      sharp({ create: { width: 60, height: 80, channels: 3, background } })
        .png()
        .toBuffer();
    const tiff = await sharp([await sheet('#ff0000'), await sheet('#00ff00'), await sheet('#0000ff')], {
      join: { animated: true },
    })
      .tiff()
      .toBuffer();
    const params = {
      layout: 'pages',
      captions: true,
      pageNumbers: true,
      subject: 'Scans',
      keywords: ['a', 'b'],
    } as const;
    const pdf = await build({ ...params, keywords: [...params.keywords] }, [
      { name: 'scan.tif', bytes: tiff, mediaType: 'image/tiff' },
    ]);
    expect(pdf.facts.pages).toBe(3);
    expect(await colourAt(pdf.path, 2, 0.5, 0.5)).toEqual([0, 255, 1]);
    for (const [index, page] of (await pdfPages(pdf.path)).entries())
      expect(page).toMatch(new RegExp(`scan.tif\\s+${index + 1}\\s`));
    expect(await pdfInfo(pdf.path)).toMatchObject({ Subject: 'Scans', Keywords: 'a, b' });
  });
});

readable('layout contact-sheet', () => {
  it('lays a grid with captions, a title and page numbers', async () => {
    const files = await Promise.all(
      Array.from({ length: 14 }, async (_, index) => ({
        name: `photo-${index + 1}.jpg`,
        bytes: await picture(90, 60, '#336699'),
        mediaType: 'image/jpeg',
      })),
    );
    const pdf = await build(
      { layout: 'contact-sheet', columns: 3, title: 'Пляж 2026', page: { size: 'A5', orientation: 'landscape' } },
      files,
    );
    await checkPdf(pdf.path);
    const pages = await pdfPages(pdf.path);
    expect(pages.length).toBe(pdf.facts.pages);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages[0]).toContain('Пляж 2026');
    expect(pages[0]).toMatch(new RegExp(`1 ?/ ?${pages.length}`));
    const captions = pages.join('').match(/photo-\d+\.jpg/g);
    expect(captions).toEqual(files.map(({ name }) => name));
  });
});

readable('layout document', () => {
  it('gives headings, lists, links, code and quotes back as text in reading order', async () => {
    const pdf = await build({ layout: 'document', title: 'A title', author: 'Ada' }, [
      text(
        '# Heading\n\nSome *emphasis* and a [link](https://example.com/x).\n\n1. one\n2. two\n   - inner\n\n> quoted\n\n```js\nconst a = 1;\n```\n\nlast',
      ),
    ]);
    await checkPdf(pdf.path);
    const words = (await pdfText(pdf.path)).replace(/\s+/g, ' ');
    expect(words).toContain('Heading Some emphasis and a link. 1. one 2. two ◦ inner quoted const a = 1; last');
    expect(await pdfInfo(pdf.path)).toMatchObject({ Title: 'A title', Author: 'Ada' });
    expect(await readWith('pdfinfo', ['-url', pdf.path])).toContain('https://example.com/x');
  });

  it('repeats the head of a table on every page it goes over', async () => {
    const rows = Array.from({ length: 90 }, (_, index) => `| ${index} | value ${index} |`).join('\n');
    const pdf = await build({ layout: 'document' }, [text(`| No | Worth |\n|---:|---|\n${rows}\n`)]);
    const pages = await pdfPages(pdf.path);
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) expect(page).toMatch(/No\s+Worth/);
    expect(pages.join('\n').match(/value \d+/g)).toEqual(Array.from({ length: 90 }, (_, index) => `value ${index}`));
  });

  it('shows uploaded and data: images, says which it was not sent, and opens no path', async () => {
    const data = `data:image/png;base64,${(
      await sharp(await picture(40, 40, '#00ff00'))
        .png()
        .toBuffer()
    ).toString('base64')}`;
    const pdf = await build(
      { layout: 'document', pageNumbers: false, page: { size: 'A5', orientation: 'auto', margin: 10 } },
      [
        text(
          `![red](img/red.jpg)\n\n![green](${data})\n\n![secret](/etc/hostname)\n\n![web](https://example.com/a.png)`,
        ),
        { name: 'red.jpg', bytes: await picture(400, 400, '#ff0000'), mediaType: 'image/jpeg' },
      ],
    );
    expect(await colourAt(pdf.path, 1, 0.3, 0.3)).toEqual([254, 0, 0]);
    expect(pdf.facts).toMatchObject({ missingImages: 2 });
    expect(await pdfText(pdf.path)).toMatch(/\[secret\]\s+\[web\]/);
  });

  it('keeps the lines of plain text', async () => {
    const pdf = await build({ layout: 'document' }, [text('first\n  *second*\n\nthird', 'notes.txt')]);
    expect(await pdfText(pdf.path)).toMatch(/^first\n\s*\*second\*\n+third\n/);
  });
});

describe('the thread', () => {
  it('answers with one PDF named after the step, reports progress and passes refusals on', async () => {
    const params = pdfContract.params.parse({ layout: 'document' });
    const task = await makeTask({ params, files: [text('# Hello')], name: 'book' });
    expect(await runProcess(task)).toMatchObject([
      { name: 'book.pdf', mediaType: 'application/pdf', facts: { pages: 1 } },
    ]);
    expect(task.fractions.at(-1)).toBe(1);
    const empty = await makeTask({ params, files: [text('')] });
    await expect(runProcess(empty)).rejects.toMatchObject({ name: 'InputError', code: 'input_invalid' });
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const params = pdfContract.params.parse({ layout: 'document' });
    const task = await makeTask({ params, files: [text('# x\n\n'.repeat(200_000))], signal: stop.signal });
    const building = runProcess(task);
    setImmediate(() => stop.abort(new Error('cancelled by the test')));
    await expect(building).rejects.toThrow('cancelled by the test');
  });
});

describe('bad input', () => {
  it.each([
    ['an empty file', { layout: 'document' }, { name: 'a.md', bytes: Buffer.alloc(0) }, /“a.md” is empty/],
    [
      'a binary as Markdown',
      { layout: 'document' },
      { name: 'a.md', bytes: Buffer.from([0xff, 0xfe, 0xfd, 0, 0, 0xd8]) },
      /Expected Markdown/,
    ],
    ['text as a picture', { layout: 'pages' }, { name: 'a.jpg', bytes: Buffer.from('hello') }, /“a.jpg”/],
    [
      'a lone picture as a document',
      { layout: 'document' },
      { name: 'a.jpg', bytes: Buffer.from('x'), mediaType: 'image/jpeg' },
      /needs Markdown/,
    ],
  ] as const)('refuses %s with a sentence', async (_, params, file, sentence) => {
    await expect(build(params, [file])).rejects.toMatchObject({
      code: 'input_invalid',
      publicMessage: expect.stringMatching(sentence),
    });
  });
});

async function colourAt(path: string, page: number, x: number, y: number): Promise<number[]> {
  const image = sharp(await renderPage(path, page));
  const { width, height } = await image.metadata();
  const left = Math.floor(width * x);
  const top = Math.floor(height * y);
  return [...(await image.extract({ left, top, width: 1, height: 1 }).removeAlpha().raw().toBuffer())];
}
