/** For each kind a small job and a look at what it made. */
import sharp from 'sharp';
import { expect } from 'vitest';
import type { Json } from '../support/farm-client.ts';
import { makeClip, makePhoto, markdownPages } from '../support/make-media.ts';
import { makePdf } from '../support/make-pdf.ts';
import { pdfText, probeMedia } from '../support/read-media.ts';

interface KindCase {
  /** File name → its bytes; in this order the step uses them. */
  readonly files: Readonly<Record<string, () => Promise<Uint8Array>>>;
  readonly params: Json;
  /** `read` gives the bytes of the output whose name ends so. */
  look(read: (ending: string) => Promise<Buffer>, outputs: readonly Json[]): Promise<void>;
}

const photo = { 'photo.jpg': () => makePhoto(300, 200) };
const clip = { 'clip.mp4': () => makeClip(2) };
const letter = { 'letter.pdf': () => makePdf(['one', 'two', 'three']) };
const pictureOf = async (bytes: Promise<Buffer>) => await sharp(await bytes, { pages: -1 }).metadata();
const jsonOf = async (bytes: Promise<Buffer>): Promise<Json> => JSON.parse((await bytes).toString('utf8'));

export const kindCases: Readonly<Record<string, KindCase>> = {
  resize: {
    files: photo,
    params: { width: 64, format: 'webp' },
    look: async (read) => expect(await pictureOf(read('.webp'))).toMatchObject({ format: 'webp', width: 64 }),
  },
  transcode: {
    files: clip,
    params: { preset: 'mp4-480p', video: { speed: 'fastest' } },
    look: async (read) => expect((await probeMedia(await read('.mp4'))).video).toMatchObject({ codec: 'h264' }),
  },
  poster: {
    files: clip,
    params: { time: 1, width: 160 },
    look: async (read) => expect(await pictureOf(read('.jpg'))).toMatchObject({ format: 'jpeg', width: 160 }),
  },
  sprite: {
    files: clip,
    params: { every: 1, width: 80 },
    look: async (read) => expect((await read('.vtt')).toString()).toMatch(/^WEBVTT[\s\S]+#xywh=0,0,80,/),
  },
  preview: {
    files: clip,
    params: { seconds: 1, width: 80 },
    look: async (read) => expect((await pictureOf(read('.webp'))).pages).toBeGreaterThan(2),
  },
  waveform: {
    files: clip,
    params: { format: 'svg', width: 200, height: 40 },
    look: async (read) => expect((await read('.svg')).toString()).toContain('<svg'),
  },
  loudness: {
    files: clip,
    params: {},
    // The sine of ffmpeg has an eighth of the full amplitude.
    look: async (_read, [output]) => expect(output.lufs).toBeCloseTo(-21.8, 0),
  },
  concat: {
    files: { 'one.mp4': () => makeClip(1), 'two.mp4': () => makeClip(2) },
    params: {},
    look: async (read) => expect((await probeMedia(await read('.mp4'))).durationSeconds).toBeCloseTo(3, 0),
  },
  inspect: {
    files: letter,
    params: {},
    look: async (read) =>
      expect(await jsonOf(read('.json'))).toMatchObject({ type: 'pdf', pages: 3, encrypted: false }),
  },
  'contact-sheet': {
    files: { 'one.jpg': () => makePhoto(90, 60), 'two.jpg': () => makePhoto(60, 90) },
    params: { columns: 2, cellWidth: 50, cellHeight: 50 },
    look: async (read) => expect((await pictureOf(read(''))).width).toBeGreaterThanOrEqual(100),
  },
  'deep-zoom': {
    files: photo,
    params: {},
    look: async (read) => expect((await read('.dzi')).toString()).toMatch(/Width="300"/),
  },
  pdf: {
    files: { 'report.md': async () => Buffer.from(markdownPages) },
    params: { layout: 'document' },
    look: async (read) => expect(await pdfText(await read('.pdf'))).toContain('Annual report'),
  },
  'pdf-pages': {
    files: letter,
    params: { pages: 'last', width: 120, text: true },
    look: async (read, outputs) => {
      expect(outputs.map(({ page, pages }) => [page, pages])).toEqual([
        [3, 3],
        [3, 3],
      ]);
      expect(await pictureOf(read('.png'))).toMatchObject({ format: 'png', width: 120 });
      expect((await read('.txt')).toString()).toContain('three');
    },
  },
  'pdf-edit': {
    files: { ...letter, 'second.pdf': () => makePdf(['four']) },
    params: {
      operations: [
        { op: 'delete', pages: '2' },
        { op: 'page-numbers', format: '{page} of {pages}' },
      ],
    },
    look: async (read, outputs) => {
      expect(outputs).toMatchObject([{ mediaType: 'application/pdf', pages: 3, encrypted: false }]);
      const text = await pdfText(await read('.pdf'));
      expect(text).toMatch(/one[\s\S]*1 of 3[\s\S]*three[\s\S]*2 of 3[\s\S]*four[\s\S]*3 of 3/);
      expect(text).not.toContain('two');
    },
  },
};
