/**
 * Tricks against the kinds of documents: canary files that must never show up in a result or a message, and a listener that
 * must never be called. Every canary is magenta or holds a word nobody else writes. Needs poppler and qpdf; no server.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { catalog } from '../../workers/catalog.ts';
import type { Output } from '../../workers/kind.ts';
import { makePdf, writePdf } from '../support/make-pdf.ts';
import { makeTask } from '../support/make-task.ts';
import { pdfInfo, pdfText, readWith, renderPage } from '../support/read-pdf.ts';

const canary = 'CANARY-9d1c-this-belongs-to-somebody-else';
let folder = '';
let listener: Server;
const calls: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farm-canary-'));
  const magenta = (document: PDFKit.PDFDocument) => void document.rect(0, 0, 600, 900).fill('#ff00ff');
  await writeFile(join(folder, 'secret.txt'), `${canary}\n`);
  await writeFile(join(folder, 'secret.ops'), `1 0 1 rg 0 0 300 300 re f\n% ${canary}\n`);
  await writeFile(join(folder, 'secret.png'), await picture('#ff00ff'));
  await writeFile(join(folder, 'secret.pdf'), await makePdf([canary], { draw: magenta }));
  listener = createServer((request, response) => {
    calls.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await new Promise((resolve) => listener.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const address = () => `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
const secret = (name: string) => join(folder, name);
const picture = (background: string) =>
  sharp({ create: { width: 64, height: 64, channels: 3, background } })
    .png()
    .toBuffer();

type Files = Parameters<typeof makeTask>[0]['files'];

/** Runs a step; its outputs or, as text, what it says went wrong. */
async function attempt(kind: string, params: object, files: Files): Promise<readonly Output[]> {
  const { contract, load } = catalog[kind] ?? {};
  const task = await makeTask({ params: contract?.params.parse(params) as never, files, name: 'out' });
  const process = (await load?.()) as unknown as (given: typeof task) => Promise<readonly Output[]>;
  const outputs = await process(task).catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe('input_invalid');
    expect(error.publicMessage).not.toContain(canary);
    // A sender may read again what the params said, and nothing more.
    if (!JSON.stringify(params).includes(folder)) expect(error.publicMessage).not.toContain(folder);
    return [];
  });
  for (const entry of await readdir(task.scratch, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) expect(await faultOf(join(entry.parentPath, entry.name))).toBeUndefined();
  }
  for (const output of outputs) expect(await faultOf(output.path)).toBeUndefined();
  expect(JSON.stringify(outputs.map(({ facts }) => facts))).not.toContain(canary);
  expect(calls).toEqual([]);
  return outputs;
}

/** How a file gives a canary away: its bytes, the text and streams of a PDF, the colour of a picture or page. */
async function faultOf(path: string): Promise<string | undefined> {
  const bytes = await readFile(path);
  if (bytes.includes(canary)) return `${path} holds the canary`;
  if (bytes.subarray(0, 1024).includes('%PDF-')) {
    // What lies in scratch in between may be as damaged as the trick is.
    const orNothing = (error: unknown) => (/Command failed/.test(String(error)) ? '' : Promise.reject(error));
    if ((await pdfText(path).catch(orNothing)).includes(canary)) return `${path} holds the text of the canary`;
    const unpacked = await readWith('qpdf', ['--qdf', '--warning-exit-0', path, '-']).catch(orNothing);
    if (unpacked.includes(canary)) return `${path} holds the canary, packed`;
    const drawn = await renderPage(path).catch(orNothing);
    return drawn === '' ? undefined : await magentaIn(drawn, path);
  }
  return ['.png', '.jpg', '.webp'].includes(extname(path)) ? await magentaIn(bytes, path) : undefined;
}

async function magentaIn(image: Buffer | string, path: string): Promise<string | undefined> {
  const data = await sharp(image).flatten({ background: 'white' }).raw().toBuffer();
  for (let at = 0; at + 2 < data.length; at += 3) {
    if ((data[at] ?? 0) > 200 && (data[at + 1] ?? 255) < 60 && (data[at + 2] ?? 0) > 200) return `${path} is magenta`;
  }
  return undefined;
}

describe('Markdown', () => {
  const images = () => [
    `![a](${secret('secret.png')})`,
    `![b](file://${secret('secret.png')})`,
    `![c](../../../../../../../..${secret('secret.png')})`,
    `![d](<${secret('secret.png')}> "title")`,
    `![e][ref]\n\n[ref]: ${secret('secret.png')}`,
    `![f](${address()}/picture.png)`,
    `![g](//127.0.0.1:${new URL(address()).port}/picture.png)`,
    `<img src="${secret('secret.png')}"><object data="${address()}/x"></object>`,
    `<style>@import url(${address()}/x.css)</style><script src="${address()}/x.js"></script>`,
    `![h](data:image/svg+xml;base64,${Buffer.from(svg(`<image href="${secret('secret.png')}" width="9" height="9"/>`)).toString('base64')})`,
    `![i](data:image/svg+xml;base64,${Buffer.from(svg(`<image href="${address()}/x.png" width="9" height="9"/>`)).toString('base64')})`,
    `[a link](file://${secret('secret.txt')}) and [another](${address()}/page)`,
    `{{include ${secret('secret.txt')}}} \\input{${secret('secret.txt')}} @${secret('secret.txt')}`,
  ];

  it('opens no path and fetches no address', async () => {
    const bytes = Buffer.from(`# Tricks\n\n${images().join('\n\n')}\n`);
    const file = { bytes, name: 'tricks.md', mediaType: 'text/markdown' };
    const [output] = await attempt('pdf', { layout: 'document' }, [file]);
    expect(output?.facts).toMatchObject({ missingImages: expect.any(Number) });
    // What the data: pictures draw is nothing; nothing else is embedded.
    expect(await pdfText(output?.path ?? '')).toContain('[a]');
  });

  it('shows no file of a neighbour by the name of its own', async () => {
    const file = { bytes: Buffer.from('![x](secret.png) ![y](input-1)'), name: 'a.md', mediaType: 'text/markdown' };
    const [output] = await attempt('pdf', { layout: 'document' }, [file]);
    expect(output?.facts).toMatchObject({ missingImages: 2 });
  });
});

describe('reports', () => {
  it('take neither files nor addresses from data or template', async () => {
    const data = Buffer.from(JSON.stringify({ logo: secret('secret.png'), far: `${address()}/x.png` }));
    const template = [
      { type: 'image', source: secret('secret.png'), alt: 'a' },
      { type: 'image', source: '{{logo}}', alt: 'b' },
      { type: 'image', source: '{{far}}', alt: 'c' },
      { type: 'text', text: `![d](${secret('secret.png')}) {{logo}}` },
    ];
    const file = { bytes: data, name: 'data.json', mediaType: 'application/json' };
    await attempt('pdf', { layout: 'report', template }, [file]);
  });
});

const svg = (inner: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xi="http://www.w3.org/2001/XInclude" width="90" height="90">${inner}</svg>`;

describe('SVG as a page', () => {
  it.each([
    ['a file', () => svg(`<image xlink:href="${secret('secret.png')}" width="90" height="90"/>`)],
    ['a file by address', () => svg(`<image href="file://${secret('secret.png')}" width="90" height="90"/>`)],
    ['an address', () => svg(`<image href="${address()}/x.png" width="90" height="90"/>`)],
    ['a style sheet', () => svg(`<style>@import url(${address()}/x.css);</style><rect width="9" height="9"/>`)],
    ['a use of another file', () => svg(`<use href="file://${secret('secret.png')}#a"/>`)],
    ['an include of text', () => svg(`<text y="20"><xi:include parse="text" href="${secret('secret.txt')}"/></text>`)],
    [
      'an entity',
      () => `<!DOCTYPE svg [<!ENTITY e SYSTEM "file://${secret('secret.txt')}">]>${svg('<text y="20">&e;</text>')}`,
    ],
  ])('draws nothing of %s', async (_what, make) => {
    const file = { bytes: Buffer.from(make()), name: 'drawing.svg', mediaType: 'image/svg+xml' };
    const [output] = await attempt('pdf', { layout: 'pages', pageNumbers: false }, [file]);
    const ground = output === undefined ? undefined : await sharp(await renderPage(output.path)).stats();
    // White all over, but for the corner of the style sheet's own rectangle.
    if (ground !== undefined && !make().includes('<rect')) {
      for (const { min } of ground.channels) expect(min).toBeGreaterThan(250);
    }
  });
});

/** Written by hand; a page draws only what the trick would bring in. */
const pdfTricks: readonly (readonly [string, () => Buffer])[] = [
  [
    'a page whose content lies in another file',
    () => onePage('/Contents 4 0 R', [{ dictionary: `/F (${secret('secret.ops')})`, stream: Buffer.from(' ') }]),
  ],
  [
    'a content that is to be fetched',
    () =>
      onePage('/Contents 4 0 R', [
        { dictionary: `/F << /FS /URL /F (${address()}/ops) >> /FFilter /FlateDecode`, stream: Buffer.from(' ') },
      ]),
  ],
  [
    'an image in another file',
    () =>
      onePage('/Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >>', [
        { dictionary: '', stream: Buffer.from('200 0 0 200 0 0 cm /X Do') },
        {
          dictionary: `/Type /XObject /Subtype /Image /Width 64 /Height 64 /ColorSpace /DeviceRGB /BitsPerComponent 8 /F (${secret('secret.png')})`,
          stream: Buffer.alloc(64 * 64 * 3, 255),
        },
      ]),
  ],
  [
    'a page of another document (reference XObject)',
    () =>
      onePage('/Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >>', [
        { dictionary: '', stream: Buffer.from('/X Do') },
        {
          dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 200 200] /Ref << /F << /Type /Filespec /F (${secret('secret.pdf')}) >> /Page 0 >>`,
          stream: Buffer.from(' '),
        },
      ]),
  ],
  [
    'a picture as OPI servers put in',
    () =>
      onePage('/Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >>', [
        { dictionary: '', stream: Buffer.from('/X Do') },
        {
          dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 200 200] /OPI << /2.0 << /Type /OPI /Version 2.0 /F (${secret('secret.png')}) >> >>`,
          stream: Buffer.from(' '),
        },
      ]),
  ],
  [
    'actions on opening',
    () =>
      onePage(
        '',
        [],
        `/OpenAction << /S /Launch /F (${secret('secret.txt')}) /Next [<< /S /URI /URI (${address()}/open) >> << /S /GoToR /F (${secret('secret.pdf')}) /D [0 /Fit] >> << /S /JavaScript /JS (app.launchURL\\("${address()}/js"\\)) >> << /S /ImportData /F (${secret('secret.txt')}) >>] >>`,
      ),
  ],
  [
    'a font in another file',
    () =>
      onePage(
        '/Contents 4 0 R /Resources << /Font << /F << /Type /Font /Subtype /TrueType /BaseFont /Secret /FontDescriptor << /Type /FontDescriptor /FontName /Secret /FontFile2 5 0 R >> >> >> >>',
        [
          { dictionary: '', stream: Buffer.from(' ') },
          { dictionary: `/F (${secret('secret.txt')})`, stream: Buffer.from(' ') },
        ],
      ),
  ],
  [
    'an attachment that is a path',
    () =>
      onePage(
        '',
        [],
        `/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F (${secret('secret.txt')}) /UF (${secret('secret.txt')}) >>] >> >>`,
      ),
  ],
  [
    'properties in another file',
    () =>
      onePage(
        '',
        [{ dictionary: `/Type /Metadata /Subtype /XML /F (${secret('secret.txt')})`, stream: Buffer.from(' ') }],
        '/Metadata 4 0 R',
      ),
  ],
];

function onePage(page: string, streams: Parameters<typeof writePdf>[1], catalogue = ''): Buffer {
  const dictionary = `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] ${page} >>`;
  return writePdf([dictionary], streams, { catalog: catalogue });
}

describe.each(pdfTricks)('a PDF with %s', (_what, make) => {
  const file = () => ({ bytes: make(), name: 'tricks.pdf', mediaType: 'application/pdf' });

  it('is drawn and read without it', async () => {
    for (const background of [undefined, 'white']) {
      const params = { dpi: 72, text: true, ...(background && { background }) };
      const outputs = await attempt('pdf-pages', params, [file()]);
      const drawn = outputs.find(({ mediaType }) => mediaType === 'image/png');
      const ground = await sharp(drawn?.path).stats();
      expect(ground.channels.map(({ min }) => min)).toEqual(ground.channels.map(() => 255));
    }
  });

  it('is edited and inspected without it', async () => {
    const operations = [{ op: 'flatten' }, { op: 'metadata', title: 'T' }, { op: 'text' }, { op: 'page-numbers' }];
    await attempt('pdf-edit', { operations, optimise: 'images', linearise: true }, [file()]);
    await attempt('pdf-edit', { operations: [{ op: 'images' }] }, [file()]);
    await attempt('pdf-edit', { operations: [{ op: 'stamp', input: 'tricks.pdf', scale: 0.5 }] }, [
      { bytes: await makePdf([' ']), name: 'plain.pdf', mediaType: 'application/pdf' },
      file(),
    ]);
    await attempt('inspect', {}, [file()]);
  });
});

describe('words that programs take for something else', () => {
  /** qpdf and poppler read `@file` and `-option` on their command lines. */
  const words = () => [
    `@${secret('secret.txt')}`,
    '--replace-input',
    '-',
    '--',
    `--password-file=${secret('secret.txt')}`,
  ];

  it('are passwords and nothing else', async () => {
    for (const word of words()) {
      const plain = { bytes: await makePdf(['A']), name: 'a.pdf', mediaType: 'application/pdf' };
      const [locked] = await attemptProtected(word, plain);
      const opened = { path: locked?.path ?? '', name: 'a.pdf', mediaType: 'application/pdf' };
      const [unlocked] = await attempt('pdf-edit', { password: word, decrypt: true }, [opened]);
      expect(await pdfText(unlocked?.path ?? '')).toContain('A');
      const [drawn] = await attempt('pdf-pages', { password: word, width: 50 }, [opened]);
      expect(drawn?.facts).toMatchObject({ page: 1 });
      expect(await attempt('pdf-pages', { password: `${word}x`, width: 50 }, [opened])).toEqual([]);
    }
  });

  /** Without looking into the result, which cannot be read without the password. */
  async function attemptProtected(userPassword: string, file: Files[number]): Promise<readonly Output[]> {
    const { contract, load } = catalog['pdf-edit'] ?? {};
    const params = contract?.params.parse({ encrypt: { userPassword, ownerPassword: `${userPassword} too` } });
    const task = await makeTask({ params: params as never, files: [file], name: 'out' });
    const process = (await load?.()) as unknown as (given: typeof task) => Promise<readonly Output[]>;
    return await process(task);
  }

  it('are names of files, titles and stamps and nothing else', async () => {
    for (const word of words()) {
      const file = { bytes: await makePdf(['A']), name: word, reference: word, mediaType: 'application/pdf' };
      const operations = [
        { op: 'metadata', title: word },
        { op: 'stamp', text: word },
      ];
      const [edited] = await attempt('pdf-edit', { sources: [{ input: word }], operations }, [file]);
      expect(await pdfInfo(edited?.path ?? '')).toMatchObject({ Title: word });
      const [drawn] = await attempt('pdf-pages', { width: 50 }, [file]);
      expect(drawn?.facts).toMatchObject({ page: 1 });
    }
  });

  it('are no inputs that were not sent', async () => {
    const plain = { bytes: await makePdf(['A']), name: 'a.pdf', mediaType: 'application/pdf' };
    const text = { bytes: Buffer.from('# A'), name: 'a.md', mediaType: 'text/markdown' };
    for (const input of [secret('secret.pdf'), `file://${secret('secret.pdf')}`, '../input-0', `${address()}/x.pdf`]) {
      expect(await attempt('pdf-edit', { sources: [{ input }] }, [plain])).toEqual([]);
      expect(await attempt('pdf-edit', { operations: [{ op: 'stamp', input }] }, [plain])).toEqual([]);
      expect(await attempt('pdf', { layout: 'document', attachments: [{ input }] }, [text])).toEqual([]);
    }
  });
});

it('would have been noticed: each canary, sent as an input, is found', async () => {
  const { default: http } = await import('node:http');
  await new Promise((resolve) => http.get(`${address()}/heard`, (response) => response.resume().on('end', resolve)));
  expect(calls.splice(0)).toEqual(['/heard']);
  for (const name of ['secret.txt', 'secret.png', 'secret.pdf']) expect(await faultOf(secret(name))).toBeDefined();
  const magenta = await readFile(secret('secret.png'));
  const text = { bytes: Buffer.from('![x](secret.png)'), name: 'a.md', mediaType: 'text/markdown' };
  const sent = { bytes: magenta, name: 'secret.png', mediaType: 'image/png' };
  await expect(attempt('pdf', { layout: 'document' }, [text, sent])).rejects.toThrow(/to be undefined/);
});
