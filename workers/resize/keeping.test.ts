/** What stays of a source beside its pixels, and what must not: profiles, depth, names, and the camera's own small copy. */
import exifr from 'exifr';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { near, photograph, pixel, resize, solid } from '../../test/support/try-resize.ts';
import { toPng } from '../media/exotic/to-png.ts';
import type { ResizeParams } from './contract.ts';

/** The reddest red of P3, which sRGB cannot show, in eight bits. */
async function wideRed(): Promise<Buffer> {
  const tagged = await solid(1, 1, 'red').withIccProfile('p3').png().toBuffer();
  const { icc } = await sharp(tagged).metadata();
  if (icc === undefined) throw new Error('no profile to borrow');
  return toPng({ rgba: Buffer.alloc(40 * 40 * 4, Buffer.from([255, 0, 0, 255])), width: 40, height: 40, icc });
}

/** The numbers in the file, whatever profile they are meant in. */
async function stored(path: string): Promise<number[]> {
  const data = await sharp(path, { ignoreIcc: true }).raw().toBuffer();
  return [...data.subarray(0, 3)];
}

describe('P3', () => {
  it.each([
    ['alone', {}],
    ['with corners', { cornerRadius: 4 }],
    ['searched', { maxBytes: 50_000 }],
    ['turned', { rotate: 1, crop: { left: 0.4, top: 0.4, width: 0.2, height: 0.2 } }],
    ['in 16 bits', { depth: 16 as const }],
  ])('keeps a colour sRGB has not, %s', async (_, params) => {
    const { outputs } = await resize(await wideRed(), {
      ...params,
      format: 'png',
      renditions: { p3: { colorSpace: 'p3' }, srgb: {} },
    });
    const center = async (index: number) =>
      sharp(outputs[index]?.path, { ignoreIcc: true })
        .toColourspace('srgb')
        .extract({ left: 4, top: 4, width: 1, height: 1 })
        .raw()
        .toBuffer();
    expect(near([...(await center(0))], [255, 0, 0])).toBe(true);
    expect((await sharp(outputs[0]?.path).metadata()).icc).toBeDefined();
    expect((await sharp(outputs[1]?.path).metadata()).icc).toBeUndefined();
  });

  it('says the same of a picture that is sRGB in the words of P3', async () => {
    const { first } = await resize(await solid(20, 20, 'red').removeAlpha().png().toBuffer(), {
      colorSpace: 'p3',
      format: 'png',
    });
    expect(near(await stored(first), [234, 51, 35])).toBe(true);
  });

  it.each<[ResizeParams, RegExp]>([
    [{ colorSpace: 'p3', format: 'gif' }, /"colorSpace": "p3" cannot be held by gif/],
    [{ keep: ['icc'], format: 'gif' }, /"keep": \["icc"\] cannot be held by gif/],
    [{ depth: 16, format: 'jpeg' }, /"depth": 16 needs the format png, tiff or avif; this is jpeg/],
    [{ lossless: true, format: 'jpeg' }, /"lossless" needs the format webp, avif, png or tiff; this is jpeg/],
  ])('%o is refused, not forgotten', async (params, message) => {
    await expect(resize(await wideRed(), params)).rejects.toThrow(message);
  });
});

describe('16 bits', () => {
  const shades = async () => {
    const data = Uint16Array.from({ length: 128 * 8 * 3 }, (_, at) => 20_000 + Math.floor(at / 3) * 3);
    return sharp(data, { raw: { width: 128, height: 8, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
  };

  it.each([
    ['alone', {}],
    ['under a watermark', { watermark: { text: '.', opacity: 0.1 } }],
    ['with corners', { cornerRadius: 2 }],
    ['searched', { maxBytes: 100_000 }],
    ['turned', { rotate: 0.5 }],
  ])('are all there, %s', async (_, params) => {
    const { first } = await resize(await shades(), { depth: 16, format: 'png', ...params });
    const raw = await sharp(first).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
    const samples = new Uint16Array(raw.buffer, raw.byteOffset, raw.length / 2);
    // Eight bits would leave 13 steps of 256 in this range.
    expect(new Set(samples.filter((sample) => sample >= 20_000 && sample < 23_100)).size).toBeGreaterThan(300);
  });
});

/** EXIF by hand: a name in its first directory, a small JPEG in its second, as cameras write it (TIFF 6, Exif 2.32 §4.5.4). */
function exifWithThumbnail(artist: string, thumbnail: Buffer): Buffer {
  const name = Buffer.from(`${artist}\0`.padEnd(8, '\0'), 'utf8');
  const entry = (tag: number, type: number, count: number, value: number) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(tag, 0);
    bytes.writeUInt16LE(type, 2);
    bytes.writeUInt32LE(count, 4);
    bytes.writeUInt32LE(value, 8);
    return bytes;
  };
  const word = (value: number) => Buffer.from([value & 255, value >> 8]);
  const long = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
  const firstAt = 8;
  const nameAt = firstAt + 2 + 12 + 4;
  const secondAt = nameAt + name.length;
  const thumbnailAt = secondAt + 2 + 36 + 4;
  return Buffer.concat([
    Buffer.from('Exif\0\0II*\0', 'latin1'),
    long(firstAt),
    word(1),
    entry(0x013b, 2, Buffer.byteLength(artist) + 1, nameAt),
    long(secondAt),
    name,
    word(3),
    entry(0x0103, 3, 1, 6),
    entry(0x0201, 4, 1, thumbnailAt),
    entry(0x0202, 4, 1, thumbnail.length),
    long(0),
    thumbnail,
  ]);
}

async function cameraPhoto(artist = 'Ana Ruiz'): Promise<Buffer> {
  const thumbnail = await solid(32, 32, 'lime').removeAlpha().jpeg().toBuffer();
  const exif = exifWithThumbnail(artist, thumbnail);
  const jpeg = await (await photograph(120, 80)).jpeg().toBuffer();
  const head = Buffer.from([0xff, 0xe1, (exif.length + 2) >> 8, (exif.length + 2) & 255]);
  return Buffer.concat([jpeg.subarray(0, 2), head, exif, jpeg.subarray(2)]);
}

const exifOf = async (path: string) => (await sharp(path).metadata()).exif?.subarray(6) ?? Buffer.alloc(0);

describe('the small copy in EXIF', () => {
  it.each([{}, { renditions: { a: {}, b: { width: 50 } } }, { colorSpace: 'p3' as const }, { maxBytes: 9000 }])(
    'does not come along with the copyright: %o',
    async (params) => {
      const photo = await cameraPhoto();
      expect(await exifr.thumbnail(photo)).toBeDefined();
      const { outputs } = await resize(photo, { keep: ['copyright'], ...params });
      for (const { path } of outputs) {
        const exif = await exifOf(path);
        expect(await exifr.parse(exif, { pick: ['Artist'] })).toEqual({ Artist: 'Ana Ruiz' });
        expect(exif.length).toBeLessThan(400);
        expect(await exifr.thumbnail(path).catch(() => undefined)).toBeUndefined();
      }
    },
  );

  it('is not sent with what was hidden', async () => {
    const hide = [{ left: 0, top: 0, width: 0.5, height: 0.5 }];
    await expect(resize(await cameraPhoto(), { keep: ['exif'], hide })).rejects.toThrow(
      /small copy of the whole picture/,
    );
    await expect(resize(await cameraPhoto(), { keep: ['copyright'], hide })).resolves.toBeDefined();
  });
});

describe('EXIF', () => {
  it.each([{}, { watermark: { text: 'x' } }, { trim: true }, { maxBytes: 9000 }])('comes along: %o', async (params) => {
    const photo = await (await photograph(120, 80))
      .withExif({ IFD0: { Model: 'Camera 9' } })
      .jpeg()
      .toBuffer();
    const { first } = await resize(photo, { keep: ['exif'], ...params });
    expect(await exifr.parse(await exifOf(first), { pick: ['Model'] })).toEqual({ Model: 'Camera 9' });
  });

  it('is refused where it cannot be held', async () => {
    const photo = await cameraPhoto();
    await expect(resize(photo, { keep: ['exif'], format: 'tiff' })).rejects.toThrow(/cannot be held by tiff/);
    await expect(resize(photo, { keep: ['copyright'], format: 'gif' })).rejects.toThrow(/cannot be held by gif/);
  });
});

describe('names', () => {
  it.each(['jpeg', 'png', 'webp', 'avif', 'tiff'] as const)('in any script are kept whole in %s', async (format) => {
    const { first } = await resize(await cameraPhoto('東京'), { keep: ['copyright'], format });
    const { xmp, exif } = await sharp(first).metadata();
    expect(xmp?.toString('utf8')).toContain('<rdf:li>東京</rdf:li>');
    expect(exif?.includes('??') ?? false).toBe(false);
  });
});

it('pixel values of a wide picture end as sRGB without a profile', async () => {
  const { first } = await resize(await wideRed(), { format: 'png' });
  expect(near(await pixel(first, 5, 5), [255, 0, 0])).toBe(true);
  expect((await sharp(first).metadata()).icc).toBeUndefined();
});
