/**
 * Pictures that name other files or servers, against every kind that reads pictures. A canary lies beside the input and at a
 * path of its own, and a listener waits: what a step makes must be the same whether the canary is there or not, and nobody
 * may call. Needs ffmpeg for the formats it decodes; no server.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { catalog } from '../../workers/catalog.ts';
import type { Output } from '../../workers/kind.ts';
import { makeTask } from '../support/make-task.ts';
import { solid } from '../support/try-resize.ts';

const canary = 'CANARY-91c2-this-text-belongs-to-somebody-else';
let folder = '';
let listener: Server;
const calls: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farm-canary-'));
  listener = createServer((request, response) => {
    calls.push(request.url ?? '');
    response.end('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await new Promise((resolve) => listener.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const address = () => `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;

/** Somebody else's files: a text, and a picture of one loud colour. */
async function plant(where: string): Promise<void> {
  await mkdir(where, { recursive: true });
  await writeFile(join(where, 'canary.txt'), canary);
  await writeFile(join(where, 'canary.png'), await solid(64, 64, '#ff00fe').removeAlpha().png().toBuffer());
  await writeFile(join(where, 'canary.svg'), drawing('<rect id="a" width="64" height="64" fill="#ff00fe"/>'));
}

const drawing = (inside: string, before = '') =>
  `<?xml version="1.0"?>${before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xi="http://www.w3.org/2001/XInclude" width="64" height="64">${inside}</svg>`;

const image = (href: string) => drawing(`<image width="64" height="64" xlink:href="${href}" href="${href}"/>`);

const file = (name: string) => join(folder, name);

const brand = (name: string, text: string) =>
  Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from(`ftyp${name}\0\0\0\0${text}`, 'latin1')]);

const playlist = () => `#EXTM3U\n#EXTINF:1,\nfile://${file('canary.png')}\n#EXTINF:1,\n${address()}/a.ts\n`;

const tricks: readonly (readonly [string, () => string | Buffer | Promise<Buffer>])[] = [
  ['an SVG with a picture beside it', () => image('canary.png')],
  ['an SVG with a picture by its path', () => image(file('canary.png'))],
  ['an SVG with a picture by a file address', () => image(`file://${file('canary.png')}`)],
  ['an SVG with a picture of a server', () => image(`${address()}/a.png`)],
  ['an SVG that uses another', () => drawing(`<use xlink:href="${file('canary.svg')}#a"/><use href="canary.svg#a"/>`)],
  ['an SVG that includes a text', () => drawing(`<text y="20"><xi:include href="canary.txt" parse="text"/></text>`)],
  [
    'an SVG with an external entity',
    () => drawing('<text y="20">&x;</text>', `<!DOCTYPE svg [<!ENTITY x SYSTEM "file://${file('canary.txt')}">]>`),
  ],
  [
    'an SVG with an entity of a server',
    () => drawing('<text y="20">&x;</text>', `<!DOCTYPE svg [<!ENTITY % d SYSTEM "${address()}/d.dtd"> %d;]>`),
  ],
  [
    'an SVG with style sheets, fonts and filters from elsewhere',
    () =>
      drawing(
        `<style>@import url("${address()}/a.css"); @font-face { font-family: c; src: url("${file('canary.txt')}") }</style>` +
          `<filter id="f"><feImage xlink:href="${file('canary.png')}"/></filter><rect width="64" height="64" filter="url(#f)"/>` +
          `<rect width="9" height="9" fill="url(${address()}/g.svg#g)"/>`,
        `<?xml-stylesheet href="${address()}/b.css"?>`,
      ),
  ],
  ['a compressed SVG with a picture beside it', () => gzipSync(image('canary.png'))],
  ['an SVG in an SVG', () => image(`data:image/svg+xml;base64,${Buffer.from(image('canary.png')).toString('base64')}`)],
  ['a GIF that is an SVG', () => `GIF89a<!-- -->${image('canary.png')}`],
  [
    'a PNG with an SVG behind it',
    async () => Buffer.concat([await solid(9, 9, 'blue').png().toBuffer(), Buffer.from(image('canary.png'))]),
  ],
  [
    'a script of ImageMagick',
    () =>
      `push graphic-context\nviewbox 0 0 64 64\nimage over 0,0 64,64 '${file('canary.png')}'\npop graphic-context\n`,
  ],
  [
    'a script of ImageMagick as XML',
    () => `<?xml version="1.0"?><image><read filename="${file('canary.png')}"/><svg width="1"/></image>`,
  ],
  ['PostScript', () => `%!PS-Adobe-3.0 EPSF-3.0\n(${file('canary.txt')}) run showpage\n`],
  ['a HEIC whose content is a playlist', () => brand('heic', playlist())],
  ['an animated AVIF whose content is a playlist', () => brand('avis', playlist())],
  ['a JPEG XL whose content is a playlist', () => Buffer.from(`\0\0\0\x0cJXL \r\n\x87\n${playlist()}`, 'latin1')],
  [
    'a JPEG 2000 with a reference to a file',
    () => Buffer.from(`\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x60url \0\0\0\0file://${file('canary.png')}`, 'latin1'),
  ],
  ['a QOI whose content is a playlist', () => Buffer.from(`qoif\0\0\0\x40\0\0\0\x40\x04\0${playlist()}`, 'latin1')],
  ['a BMP whose content is a path', () => `BM${'\0'.repeat(12)}${file('canary.png')}`],
  [
    'a PSD whose content is a path',
    () => `8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\0\x40\0\0\0\x40\0\x08\0\x03${file('canary.png')}`,
  ],
  ['a playlist', () => playlist()],
  ['a concat script', () => `ffconcat version 1.0\nfile '${file('canary.png')}'\n`],
];

const attempts: readonly (readonly [string, string, object])[] = [
  ['resize', 'resize', { width: 64, format: 'png' }],
  ['resize, as a watermark', 'resize', { width: 64, format: 'png', watermark: { opacity: 1, scale: 1 } }],
  ['inspect', 'inspect', { exif: true, location: true }],
  ['contact-sheet', 'contact-sheet', { cellWidth: 64, cellHeight: 64, format: 'png', captions: 'number' }],
  ['deep-zoom', 'deep-zoom', { format: 'png', tileSize: 256 }],
];

/** All that can be known of a step's end: pixels, texts and messages. Loud pixels are counted on the way. */
async function attempt(kind: string, params: object, trick: Buffer, asWatermark: boolean, withCanary: boolean) {
  const under = await solid(64, 64, 'white').removeAlpha().png().toBuffer();
  const files = [...(asWatermark ? [{ bytes: under, name: 'under.png' }] : []), { bytes: trick, name: 'trick' }];
  const { contract, load } = catalog[kind] ?? {};
  const task = await makeTask({ params: contract?.params.parse(params) as never, files });
  if (withCanary) for (const where of [folder, dirname(task.inputs[0]?.path ?? '')]) await plant(where);
  const process = (await load?.()) as unknown as (given: typeof task) => Promise<readonly Output[]>;
  try {
    const outputs = [...(await process(task)), ...task.emitted];
    return JSON.stringify(await Promise.all(outputs.map(describeOutput)));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `${error.code} ${error.publicMessage}`;
  } finally {
    for (const entry of await readdir(folder)) await rm(join(folder, entry));
  }
}

async function describeOutput({ name, path, mediaType }: Output): Promise<object> {
  if (!mediaType.startsWith('image/')) return { name, text: await readFile(path, 'utf8') };
  const pixels = await sharp(path).toColourspace('srgb').ensureAlpha().raw().toBuffer();
  return { name, loud: percentLoud(pixels), pixels: pixels.toString('base64') };
}

/** Whole percents: a trick that is decoded as pixels may have a loud one by chance (its paths are random), the canary is loud all over. */
const percentLoud = (rgba: Buffer) => Math.round((countLoud(rgba) / (rgba.length / 4)) * 100);

function countLoud(rgba: Buffer): number {
  let count = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    if ((rgba[at] ?? 0) > 200 && (rgba[at + 1] ?? 255) < 60 && (rgba[at + 2] ?? 0) > 200) count += 1;
  }
  return count;
}

describe.each(tricks)('%s', (_name, make) => {
  it.each(attempts)('reaches nothing through %s', async (name, kind, params) => {
    const trick = Buffer.from(await make());
    const asWatermark = name.includes('watermark');
    const present = await attempt(kind, params, trick, asWatermark, true);
    expect(present).not.toMatch(/internal_error|"loud":[1-9]/);
    expect(present).not.toContain(canary);
    expect(present).not.toContain(folder);
    // A refusal has said all; what was drawn must not change when there is nothing to find.
    if (present.startsWith('[')) expect(await attempt(kind, params, trick, asWatermark, false)).toBe(present);
    expect(calls).toEqual([]);
  });
});

describe('the canaries', () => {
  it('would have been noticed: sharp draws what lies beside an SVG when it is given its path', async () => {
    const where = await mkdtemp(join(tmpdir(), 'farm-canary-'));
    try {
      await plant(where);
      const path = join(where, 'trick.svg');
      await writeFile(path, image('canary.png'));
      expect(countLoud(await sharp(path).ensureAlpha().raw().toBuffer())).toBe(64 * 64);
    } finally {
      await rm(where, { recursive: true, force: true });
    }
  });

  it('would have been heard: the listener counts whoever calls', async () => {
    await (await fetch(`${address()}/heard`)).text();
    expect(calls.splice(0)).toEqual(['/heard']);
  });
});
