import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endsInside } from './ends-inside.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ends-inside-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function stumpOf(demuxer: string, bytes: Buffer) {
  const path = join(folder, 'file');
  await writeFile(path, bytes);
  return endsInside(path, demuxer);
}

function box(type: string, content: number): Buffer {
  const bytes = Buffer.alloc(8 + content);
  bytes.writeUInt32BE(bytes.length);
  bytes.write(type, 4, 'latin1');
  return bytes;
}

const fragments = Buffer.concat(['ftyp', 'moov', 'moof', 'mdat', 'moof', 'mdat'].map((type) => box(type, 300)));
const packets = Buffer.concat(
  Array.from({ length: 40 }, () => Buffer.concat([Buffer.from([0x47]), Buffer.alloc(187)])),
);
const adts = Buffer.concat(
  Array.from({ length: 20 }, () =>
    Buffer.concat([Buffer.from('fff1508006407ffc'.slice(0, 14), 'hex'), Buffer.alloc(43)]),
  ),
);
const id3v1 = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 0x20)]);

describe('endsInside', () => {
  it.each([
    ['mov', 'fragment', fragments],
    ['mpegts', 'packet', packets],
    ['aac', 'frame', adts],
  ])('knows a whole %s from one that was cut', async (demuxer, unit, whole) => {
    expect(await stumpOf(demuxer, whole)).toBeUndefined();
    expect(await stumpOf(demuxer, whole.subarray(0, -20))).toEqual({ unit, proof: true });
  });

  it.each([
    ['mpegts', packets],
    ['aac', adts],
  ])('takes no tag behind a %s for a stump', async (demuxer, whole) => {
    expect(await stumpOf(demuxer, Buffer.concat([whole, id3v1]))).toBeUndefined();
  });

  it('takes no tag behind fragments for proof', async () => {
    expect((await stumpOf('mov', Buffer.concat([fragments, id3v1])))?.proof).not.toBe(true);
  });
});
