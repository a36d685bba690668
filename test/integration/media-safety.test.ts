/**
 * Playlist and container tricks against every kind that starts ffmpeg: a canary file that must never show up in a result or a
 * message, and a listener that must never be called. Needs ffmpeg; no server.
 */

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { catalog } from '../../workers/catalog.ts';
import type { Output } from '../../workers/kind.ts';
import { runTool } from '../../workers/media/run-tool.ts';
import { makeClip } from '../support/make-media.ts';
import { makeTask } from '../support/make-task.ts';
import { quickVideo, renderClip, testSources } from '../support/render-clip.ts';

const canary = 'CANARY-7f3a-this-text-belongs-to-somebody-else';
let folder = '';
let listener: Server;
/** Nothing wrong with it. */
let clip: Buffer;
const calls: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farm-canary-'));
  await writeFile(join(folder, 'secret.txt'), `${canary}\n`);
  clip = await makeClip(0.2, '64x64');
  listener = createServer((request, response) => {
    calls.push(request.url ?? '');
    response.end('#EXTM3U\n');
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await new Promise((resolve) => listener.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const address = () => `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
const secret = () => join(folder, 'secret.txt');

/** A playlist as the text of a subtitle track inside an AVI (the public proof of concept of 2017). */
function gab2Avi(playlist: string): Buffer {
  const text = Buffer.from(playlist);
  const gab2 = Buffer.concat([
    Buffer.from('GAB2\0\x02\0', 'latin1'),
    Buffer.from([0, 0, 0, 0, 4, 0]),
    Buffer.from([text.length, text.length >> 8, 0, 0]),
    text,
  ]);
  const chunk = (name: string, body: Buffer) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(body.length);
    return Buffer.concat([Buffer.from(name), size, body, Buffer.alloc(body.length % 2)]);
  };
  const list = (name: string, ...parts: Buffer[]) => chunk('LIST', Buffer.concat([Buffer.from(name), ...parts]));
  const streamHeader = Buffer.alloc(56);
  streamHeader.write('txts');
  streamHeader.writeUInt32LE(1, 20);
  streamHeader.writeUInt32LE(25, 24);
  const header = Buffer.alloc(56);
  header.writeUInt32LE(1, 24);
  const headers = list(
    'hdrl',
    chunk('avih', header),
    list('strl', chunk('strh', streamHeader), chunk('strf', Buffer.alloc(0))),
  );
  return chunk('RIFF', Buffer.concat([Buffer.from('AVI '), headers, list('movi', chunk('00tx', gab2))]));
}

const tricks: readonly (readonly [string, () => Buffer | Promise<Buffer>])[] = [
  [
    'an HLS playlist of a local file',
    () => Buffer.from(`#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\n${secret()}\n#EXT-X-ENDLIST\n`),
  ],
  ['an HLS playlist of an address', () => Buffer.from(`#EXTM3U\n#EXTINF:10.0,\n${address()}/a.ts\n#EXT-X-ENDLIST\n`)],
  [
    'an HLS playlist joining a file to an address',
    () => Buffer.from(`#EXTM3U\n#EXTINF:1,\nconcat:${address()}/x|file://${secret()}\n#EXT-X-ENDLIST\n`),
  ],
  [
    'an HLS playlist with a subfile',
    () => Buffer.from(`#EXTM3U\n#EXTINF:1,\nsubfile,,start,0,end,64,,:${secret()}\n#EXT-X-ENDLIST\n`),
  ],
  ['a concat script', () => Buffer.from(`ffconcat version 1.0\nfile '${secret()}'\n`)],
  [
    'a DASH manifest',
    () =>
      Buffer.from(
        `<?xml version="1.0"?><MPD><Period><AdaptationSet><Representation><BaseURL>${address()}/v.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>`,
      ),
  ],
  [
    'an SVG with an image of a file',
    () =>
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"><image xlink:href="${secret()}"/></svg>`,
      ),
  ],
  [
    'a session description',
    () => Buffer.from('v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n'),
  ],
  [
    'an AVI whose subtitles are a playlist',
    () => gab2Avi(`#EXTM3U\n#EXTINF:1,\nfile://${secret()}\n#EXTINF:1,\n${address()}/a.ts\n#EXT-X-ENDLIST\n`),
  ],
  [
    'a playlist behind an MP4 brand',
    () => Buffer.from(`\0\0\0\x18ftypisom\0\0\0\0isomiso2#EXTM3U\n#EXTINF:1,\n${secret()}\n`, 'latin1'),
  ],
  [
    'a playlist behind an ID3 tag',
    () =>
      Buffer.concat([
        Buffer.from('ID3\x04\0\0\0\0\0\x00', 'latin1'),
        Buffer.from(`#EXTM3U\n#EXTINF:1,\n${secret()}\n`),
      ]),
  ],
  ['a QuickTime reference movie', () => dataReference()],
];

/** A real MP4 whose media is said to lie in another file (`url ` with a location instead of "in this file"). */
async function dataReference(): Promise<Buffer> {
  const content = await readFile(await renderClip('in.mp4', ...testSources(0.2, '64x64'), ...quickVideo));
  const at = content.indexOf('url ', 0, 'latin1');
  content.writeUInt32BE(0, at + 4);
  return content;
}

interface Way {
  readonly kind: string;
  readonly params: object;
  /** The trick is the second file, behind a whole clip or said to be a picture. */
  readonly second?: 'clip' | 'picture';
}

const ways: Readonly<Record<string, Way>> = {
  transcode: {
    kind: 'transcode',
    params: { preset: 'mp4-480p', video: { speed: 'fastest' }, subtitles: { sidecar: true } },
  },
  'a stream': { kind: 'transcode', params: { preset: 'hls' } },
  'a watermark': { kind: 'transcode', params: { watermark: {}, video: { speed: 'fastest' } }, second: 'picture' },
  'a cover': { kind: 'transcode', params: { preset: 'mp3', audio: { cover: true } }, second: 'picture' },
  poster: { kind: 'poster', params: {} },
  sprite: { kind: 'sprite', params: {} },
  preview: { kind: 'preview', params: {} },
  waveform: { kind: 'waveform', params: {} },
  loudness: { kind: 'loudness', params: {} },
  concat: { kind: 'concat', params: { speed: 'fastest' }, second: 'clip' },
  inspect: { kind: 'inspect', params: {} },
};

async function attempt({ kind, params, second }: Way, bytes: Buffer): Promise<{ text: string; scratch: string }> {
  const { contract, load } = catalog[kind] ?? {};
  const trick = { bytes, name: 'clip.mp4', ...(second === 'picture' ? { mediaType: 'image/png' } : {}) };
  const files = second === undefined ? [trick] : [{ bytes: clip, name: 'whole.mp4' }, trick];
  const task = await makeTask({ params: contract?.params.parse(params) as never, files });
  const process = (await load?.()) as unknown as (given: typeof task) => Promise<readonly Output[]>;
  const text = await process(task).then(
    (outputs) => JSON.stringify(outputs),
    (error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      return `${error.code} ${error.publicMessage}`;
    },
  );
  return { text, scratch: task.scratch };
}

describe.each(tricks)('%s', (_name, make) => {
  it.each(Object.entries(ways))('reaches nothing through %s', async (_through, way) => {
    const { text, scratch } = await attempt(way, await make());
    expect(text).not.toContain('internal_error');
    expect(text).not.toContain(canary);
    expect(text).not.toContain(folder);
    for (const entry of await readdir(scratch, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) expect(await readFile(join(entry.parentPath, entry.name), 'latin1')).not.toContain(canary);
    }
    expect(calls).toEqual([]);
  });
});

/** Formats that lead elsewhere, whatever they are called: no program is started for any of them. */
const leads: Readonly<Record<string, () => string>> = {
  'data: in HLS': () => '#EXTM3U\n#EXTINF:1,\ndata:video/mp4;base64,AAAA\n',
  'crypto, async, cache and md5 in HLS': () =>
    `#EXTM3U\n${['crypto+file', 'async:file', 'cache:file', 'md5'].map((protocol) => `#EXTINF:1,\n${protocol}:${secret()}`).join('\n')}\n`,
  'tcp, ftp, gopher, rtmp and sftp in HLS': () =>
    `#EXTM3U\n${['tcp', 'ftp', 'gopher', 'rtmp', 'sftp'].map((protocol) => `#EXTINF:1,\n${address().replace('http', protocol)}/x`).join('\n')}\n`,
  'a playlist in HLS': () => `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${address()}/next.m3u8\n`,
  'the map and the key of HLS': () =>
    `#EXTM3U\n#EXT-X-MAP:URI="${secret()}"\n#EXT-X-KEY:METHOD=AES-128,URI="${address()}/key"\n#EXTINF:1,\na.ts\n`,
  'HLS behind a mark of byte order': () => `\ufeff#EXTM3U\n#EXTINF:1,\n${secret()}\n`,
  'HLS behind an empty line': () => `\n\n#EXTM3U\n#EXTINF:1,\n${secret()}\n`,
  'options of a concat script': () =>
    `ffconcat version 1.0\nfile '${secret()}'\noption protocol_whitelist file,http,tcp\nfile '${address()}/x'\n`,
  'smooth streaming': () =>
    `<?xml version="1.0"?><SmoothStreamingMedia Duration="1"><StreamIndex Type="video" Url="${address()}/q"/></SmoothStreamingMedia>`,
  'an IMF asset map': () =>
    `<?xml version="1.0"?><AssetMap xmlns="http://www.smpte-ra.org/schemas/429-9/2007/AM"><AssetList><Asset><Path>${secret()}</Path></Asset></AssetList></AssetMap>`,
  'an IMF composition': () =>
    '<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><EditRate>24 1</EditRate></CompositionPlaylist>',
  'a DASH manifest with an entity': () =>
    `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://${secret()}">]><MPD><BaseURL>${address()}/&e;</BaseURL></MPD>`,
  XSPF: () => `<?xml version="1.0"?><playlist><trackList><location>${address()}/x</location></trackList></playlist>`,
  'a redirection of QuickTime': () => `RTSPtextRTSP://127.0.0.1:${new URL(address()).port}/x`,
  'text for a terminal': () => '\u001b[2J\u001b[31mhello\u001b[0m\r\n'.repeat(50),
  'subtitles with a style sheet': () =>
    `WEBVTT\n\nSTYLE\n::cue { background: url(${address()}/x) }\n\n00:00.000 --> 00:01.000\nx\n`,
  'subtitles with a font': () =>
    `[Script Info]\nScriptType: v4.00+\n[Events]\nDialogue: 0,0:00:00.00,0:00:01.00,{\\fn${secret()}}x\n`,
};
const starting = ['transcode', 'concat', 'inspect'];

it.each(Object.entries(leads))('%s is no film and no sound', async (_name, make) => {
  for (const through of starting) {
    const { text } = await attempt(ways[through] as Way, Buffer.from(make()));
    expect(text).toMatch(/^input_invalid ["“]clip\.mp4["”] (is not a video or sound file|is neither)/);
  }
  expect(calls).toEqual([]);
});

/** Little to send, much to do: ended by a limit that is told before anything is decoded, or quickly done. */
const y4m = (header: string, frames: number, bytes: number) =>
  Buffer.concat([
    Buffer.from(`YUV4MPEG2 ${header} Ip A1:1 C420\n`),
    ...Array.from({ length: frames }, () => Buffer.concat([Buffer.from('FRAME\n'), Buffer.alloc(bytes, 128)])),
  ]);
const bombs: readonly (readonly [string, () => Buffer, RegExp])[] = [
  ['pictures of 65 535 × 65 535', () => y4m('W65535 H65535 F25:1', 1, 0), /^input_invalid .*Send it/],
  ['pictures of −1 × −1', () => y4m('W-1 H-1 F25:1', 1, 0), /^input_invalid .*Send it|check it/],
  ['a thousand million pictures a second', () => y4m('W16 H16 F1000000000:1', 3, 384), /^(\[|input_invalid .*damaged)/],
  [
    'three pictures in ninety years',
    () => y4m('W16 H16 F1:1000000000', 3, 384),
    /lasts [\d,]+ hours by its own times; at most 48/,
  ],
  ['a million empty parts of a WAVE', () => emptyChunks('WAVE', 'junk'), /^input_invalid .*check it/],
  ['a million empty parts of an AVI', () => emptyChunks('AVI ', 'junk'), /^input_invalid /],
];

function emptyChunks(form: string, name: string): Buffer {
  return Buffer.concat([
    Buffer.from(`RIFF\xff\xff\xff\x7f${form}`, 'latin1'),
    Buffer.alloc(800_000, `${name}\0\0\0\0`),
  ]);
}

describe.each(bombs)('%s', (_name, make, expected) => {
  it.each(['transcode', 'poster', 'preview', 'concat'])('keep no worker busy (%s)', async (through) => {
    const { text } = await attempt(ways[through] as Way, make());
    expect(text).toMatch(expected);
  });
});

it('would have been noticed: the same listener hears an unguarded program', async () => {
  const { default: http } = await import('node:http');
  await new Promise((resolve) => http.get(`${address()}/heard`, (response) => response.resume().on('end', resolve)));
  expect(calls.splice(0)).toEqual(['/heard']);
  const unguarded = await runTool({
    command: 'cat',
    args: [secret()],
    signal: AbortSignal.timeout(10_000),
    timeoutMs: 10_000,
  });
  expect(unguarded.stdout.toString()).toContain(canary);
});
