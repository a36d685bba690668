/** Formats sharp cannot read, made by hand; HEIC nobody here can write, so real ones are tried in resize/fixtures.test.ts. */
import { initializeCanvas, writePsdBuffer } from 'ag-psd';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../shared/errors.ts';
import { makeTask } from '../../test/support/make-task.ts';
import { openImage } from './open-image.ts';

const patience = 90_000;

async function open(bytes: Buffer, name: string, signal = new AbortController().signal) {
  const task = await makeTask({ params: {}, files: [{ bytes, name }] });
  const [input] = task.inputs;
  if (input === undefined) throw new Error('no input');
  return openImage(input, { signal });
}

async function firstPixel(image: Awaited<ReturnType<typeof open>>): Promise<number[]> {
  return [...(await image.decode().ensureAlpha().raw().toBuffer()).subarray(0, 4)];
}

/** 24 bits a pixel, bottom row first, rows padded to 4 bytes (Microsoft, BITMAPINFOHEADER). */
function bmp(width: number, height: number, [r, g, b]: readonly [number, number, number]): Buffer {
  const row = Math.ceil((width * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + row * height);
  bytes.write('BM', 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) bytes.set([b, g, r], 54 + y * row + x * 3);
  return bytes;
}

/** One directory entry that holds a PNG. */
function ico(png: Buffer, side: number): Buffer {
  const head = Buffer.alloc(22);
  head.set([0, 0, 1, 0, 1, 0, side, side, 0, 0, 1, 0, 32, 0]);
  head.writeUInt32LE(png.length, 14);
  head.writeUInt32LE(22, 18);
  return Buffer.concat([head, png]);
}

describe('formats sharp cannot read', () => {
  it(
    'BMP',
    async () => {
      const image = await open(bmp(5, 3, [200, 100, 50]), 'a.bmp');
      expect(image).toMatchObject({ format: 'bmp', width: 5, height: 3, hasAlpha: false });
      expect(await firstPixel(image)).toEqual([200, 100, 50, 255]);
    },
    patience,
  );

  it(
    'ICO',
    async () => {
      const create = { width: 32, height: 32, channels: 4 as const, background: '#ff000080' };
      const image = await open(ico(await sharp({ create }).png().toBuffer(), 32), 'a.ico');
      expect(image).toMatchObject({ format: 'ico', width: 32, height: 32, hasAlpha: true });
      expect(await firstPixel(image)).toEqual([255, 0, 0, 128]);
    },
    patience,
  );

  it(
    'PSD',
    async () => {
      initializeCanvas(() => {
        throw new Error('no canvas');
      });
      const data = new Uint8ClampedArray(6 * 4 * 4).fill(255);
      const imageData = { width: 6, height: 4, data, colorSpace: 'srgb' } as never;
      const image = await open(writePsdBuffer({ width: 6, height: 4, imageData }), 'a.psd');
      expect(image).toMatchObject({ format: 'psd', width: 6, height: 4 });
      expect(await firstPixel(image)).toEqual([255, 255, 255, 255]);
    },
    patience,
  );

  it(
    'refuses a bomb from its header',
    async () => {
      const bomb = bmp(1, 1, [0, 0, 0]);
      bomb.writeInt32LE(100_000, 18);
      bomb.writeInt32LE(100_000, 22);
      const failure = await open(bomb, 'bomb.bmp').catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(InputError);
      expect((failure as InputError).publicMessage).toMatch(/10000 million pixels; in this format up to 64/);
    },
    patience,
  );

  it(
    'tells the sender that a HEIC is broken',
    async () => {
      const broken = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0heicmif1', 'latin1'), Buffer.alloc(200, 7)]);
      const failure = await open(broken, 'broken.heic').catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(InputError);
      expect((failure as InputError).publicMessage).toMatch(/^The HEIC file .{20,}\.$/);
    },
    patience,
  );

  it('ends the decoder when the signal says so', async () => {
    const reason = new Error('cancelled');
    await expect(open(bmp(5, 3, [1, 2, 3]), 'a.bmp', AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
