import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDeclaredBytes } from './declared-bytes.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'declared-bytes-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function declared(demuxer: string, ...parts: readonly Buffer[]) {
  const path = join(folder, 'file');
  await writeFile(path, Buffer.concat(parts));
  return readDeclaredBytes(path, demuxer);
}

const number = (value: number, order: 'LE' | 'BE' = 'LE') => {
  const bytes = Buffer.alloc(4);
  if (order === 'LE') bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return bytes;
};
const text = (value: string) => Buffer.from(value, 'latin1');
const wave = (data: number) => [
  text('RIFF'),
  number(0),
  text('WAVEfmt '),
  number(16),
  Buffer.alloc(16),
  text('data'),
  number(data),
];

describe('readDeclaredBytes', () => {
  it('reads the samples of a WAV', async () => {
    expect(await declared('wav', ...wave(1_000_000))).toEqual({ bytes: 1_000_044, timed: false });
  });

  it.each([
    ['ffmpeg', 0xffff_ffff],
    ['SoX and espeak', 0x7fff_f000],
    ['arecord', 0x7fff_ff00],
    ['the most of a signed number', 0x7fff_ffff],
    ['one more', 0x8000_0000],
  ])('knows a WAV that %s wrote into a pipe to say nothing', async (_who, data) => {
    expect(await declared('wav', ...wave(data))).toBeUndefined();
  });

  it.each([0, 1000, 400_000])('finds the header of an MP3 behind %i bytes of tag', async (tag) => {
    const size = [tag >> 21, tag >> 14, tag >> 7, tag].map((bits) => bits & 127);
    const id3 = Buffer.concat([text('ID3\x03\0\0'), Buffer.from(size), Buffer.alloc(tag)]);
    const frame = [Buffer.alloc(36), text('Xing'), number(3, 'BE'), number(100, 'BE'), number(50_000, 'BE')];
    expect(await declared('mp3', id3, ...frame)).toEqual({ bytes: id3.length + 50_000, timed: true });
  });

  it('counts an ASF by its data, not by the size of the file before its tags were edited', async () => {
    const id = (hex: string, size: number) => [Buffer.from(hex, 'hex'), number(size), number(0)];
    const properties = [
      ...id('a1dcab8c47a9cf118ee400c00c205365', 104),
      Buffer.alloc(16),
      number(90_000),
      Buffer.alloc(60),
    ];
    const header = Buffer.concat([...id('3026b2758e66cf11a6d900aa0062ce6c', 134), Buffer.alloc(6), ...properties]);
    const data = (size: number) => id('3626b2758e66cf11a6d900aa0062ce6c', size);
    expect(await declared('asf', header, ...data(50_000))).toEqual({ bytes: 50_134, timed: false });
    expect(await declared('asf', header, ...data(0))).toBeUndefined();
    expect(await declared('asf', header)).toBeUndefined();
  });
});
