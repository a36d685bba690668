import { readFile } from 'node:fs/promises';
import { decode } from 'blurhash';
import sharp from 'sharp';
import { thumbHashToRGBA } from 'thumbhash';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../shared/errors.ts';
import { makeTask } from '../../test/support/make-task.ts';
import { photograph, solid } from '../../test/support/try-resize.ts';
import { type InspectParams, inspectParams } from './contract.ts';
import { readPdfinfo } from './inspect-pdf.ts';
import { process } from './process.ts';

interface Facts {
  readonly [name: string]: unknown;
  readonly blurhash: string;
  readonly thumbhash: string;
  readonly preview: string;
  readonly perceptualHash: string;
  readonly palette: readonly { readonly colour: string; readonly share: number }[];
  readonly exif?: Readonly<Record<string, unknown>>;
}

async function inspect(bytes: Buffer, params: InspectParams = {}, name = 'a.jpg'): Promise<Facts> {
  const task = await makeTask({ params: inspectParams.parse(params), files: [{ bytes, name }], name: 'facts' });
  const [output] = await process(task);
  expect(output).toMatchObject({ name: 'facts.json', mediaType: 'application/json' });
  const written: unknown = JSON.parse(await readFile(output?.path ?? '', 'utf8'));
  expect(written).toEqual(output?.facts);
  return written as Facts;
}

/** Halves of two colours: red above blue. */
const twoColours = () =>
  solid(300, 200, 'blue')
    .composite([{ input: { create: { width: 300, height: 120, channels: 3, background: 'red' } }, left: 0, top: 0 }])
    .removeAlpha();

const mean = (pixels: ArrayLike<number>, from: number, to: number, channel: number) => {
  let sum = 0;
  for (let at = from * 4; at < to * 4; at += 4) sum += pixels[at + channel] ?? 0;
  return sum / (to - from);
};

const bitsApart = (a: string, b: string) =>
  [...(BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2)].filter((bit) => bit === '1').length;

describe('inspect a picture', () => {
  it('tells its sizes as people see them', async () => {
    const turned = await twoColours().withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await inspect(turned)).toMatchObject({
      source: { name: 'a.jpg', bytes: turned.length },
      type: 'image',
      format: 'jpeg',
      width: 200,
      height: 300,
      orientation: 6,
      pages: 1,
      animated: false,
      hasAlpha: false,
      opaque: true,
      colourSpace: 'srgb',
      bitsPerSample: 8,
    });
  });

  it('makes placeholders that show the picture', async () => {
    const { blurhash, thumbhash, preview } = await inspect(await twoColours().png().toBuffer());
    const blurred = decode(blurhash, 8, 8);
    expect(mean(blurred, 0, 8, 0)).toBeGreaterThan(mean(blurred, 0, 8, 2) + 60);
    expect(mean(blurred, 56, 64, 2)).toBeGreaterThan(mean(blurred, 56, 64, 0) + 60);
    const { w, h, rgba } = thumbHashToRGBA(Buffer.from(thumbhash, 'base64'));
    expect(w / h).toBeCloseTo(1.5, 0);
    expect(mean(rgba, 0, w, 0)).toBeGreaterThan(mean(rgba, 0, w, 2) + 60);
    const tiny = Buffer.from(preview.replace('data:image/webp;base64,', ''), 'base64');
    expect(await sharp(tiny).metadata()).toMatchObject({ format: 'webp', width: 16 });
  });

  it('finds the colours and their share', async () => {
    const facts = await inspect(await twoColours().png().toBuffer());
    expect(facts.dominantColour).toBe('#ff0000');
    expect(facts.palette.map(({ colour }) => colour)).toEqual(['#ff0000', '#0000ff']);
    expect(facts.palette[0]?.share).toBeCloseTo(0.6, 1);
    expect((await inspect(await twoColours().png().toBuffer(), { colours: 1 })).palette).toHaveLength(1);
  });

  it('gives alike pictures alike hashes, and others others', async () => {
    const photo = await (await photograph(400, 300)).png().toBuffer();
    const hash = async (bytes: Buffer) => (await inspect(bytes)).perceptualHash;
    const original = await hash(photo);
    expect(
      bitsApart(original, await hash(await sharp(photo).resize(150).jpeg({ quality: 40 }).toBuffer())),
    ).toBeLessThanOrEqual(10);
    expect(
      bitsApart(original, await hash(await sharp(photo).modulate({ brightness: 1.1 }).webp().toBuffer())),
    ).toBeLessThanOrEqual(10);
    expect(bitsApart(original, await hash(await twoColours().png().toBuffer()))).toBeGreaterThan(14);
  });

  it('knows transparency that is there from transparency that is used', async () => {
    const clear = await inspect(await solid(20, 20, '#ff000080').png().toBuffer());
    const opaque = await inspect(await solid(20, 20, '#ff0000').png().toBuffer());
    expect([clear.hasAlpha, clear.opaque, opaque.hasAlpha, opaque.opaque]).toEqual([true, false, true, true]);
  });

  it('counts frames and their time', async () => {
    const frames = await Promise.all(['red', 'lime', 'blue'].map((colour) => solid(20, 10, colour).png().toBuffer()));
    const gif = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [100, 200, 300] })
      .toBuffer();
    expect(await inspect(gif)).toMatchObject({ animated: true, pages: 3, durationMs: 600, width: 20, height: 10 });
  });

  it('tells what the camera wrote only when asked, and the place only when asked for that', async () => {
    const photo = await twoColours()
      .withExif({
        IFD0: { Make: 'Cam' },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSLongitudeRef: 'W', GPSLongitude: '1/1 0/1 0/1' },
      })
      .jpeg()
      .toBuffer();
    expect((await inspect(photo)).exif).toBeUndefined();
    const camera = (await inspect(photo, { exif: true })).exif ?? {};
    expect([camera.Make, Object.keys(camera).filter((tag) => /gps|lat/i.test(tag))]).toEqual(['Cam', []]);
    const place = (await inspect(photo, { location: true })).exif ?? {};
    expect([place.Make, place.latitude]).toEqual([undefined, 51.5]);
  });

  it('says when a file is none of these', async () => {
    const failure = await inspect(Buffer.from('plain words')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as InputError).publicMessage).toContain('neither a picture nor a PDF');
  });

  it('takes several files', async () => {
    const files = ['red', 'lime'].map(async (colour) => ({
      bytes: await solid(9, 9, colour).png().toBuffer(),
      name: `${colour}.png`,
    }));
    const task = await makeTask({ params: {}, files: await Promise.all(files), name: 'facts' });
    const outputs = await process(task);
    expect(outputs.map(({ name, facts }) => [name, facts?.dominantColour])).toEqual([
      ['facts-1.json', '#ff0000'],
      ['facts-2.json', '#00ff00'],
    ]);
    expect(task.fractions).toEqual([0.5, 1]);
  });
});

describe('readPdfinfo', () => {
  it('reads what poppler prints', () => {
    const printed = [
      'Title:           Annual: report',
      'CreationDate:    2026-11-01T10:00:00Z',
      'Tagged:          yes',
      'Pages:           3',
      'Encrypted:       yes (print:yes copy:no)',
      'Page    1 size:  612 x 792 pts (letter)',
      'Page    2 size:  612 x 792 pts (letter)',
      'Page    3 size:  841.89 x 595.28 pts (A4)',
      'PDF version:     1.7',
    ].join('\n');
    expect(readPdfinfo(printed)).toEqual({
      pages: 3,
      pageSizes: [
        { widthPt: 612, heightPt: 792, pages: 2 },
        { widthPt: 841.89, heightPt: 595.28, pages: 1 },
      ],
      encrypted: true,
      locked: false,
      tagged: true,
      title: 'Annual: report',
      createdAt: '2026-11-01T10:00:00Z',
      version: '1.7',
    });
  });
});
