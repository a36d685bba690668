import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../shared/errors.ts';
import { makeTask } from '../../test/support/make-task.ts';
import { difference, near, pixel, resize, solid } from '../../test/support/try-resize.ts';
import { resizeParams } from './contract.ts';
import { process } from './process.ts';

/** 400×200: red at the left, blue at the right. */
const twoHalves = () =>
  solid(400, 200, 'blue')
    .composite([{ input: { create: { width: 200, height: 200, channels: 4, background: 'red' } }, left: 0, top: 0 }])
    .removeAlpha();

const red = [255, 0, 0];
const blue = [0, 0, 255];
const white = [255, 255, 255];

describe('resize', () => {
  it('names the output after the step and tells its size', async () => {
    const { outputs, task } = await resize(await twoHalves().jpeg().toBuffer(), { width: 100, format: 'webp' });
    expect(outputs).toEqual([
      {
        name: 'thumb.webp',
        path: join(task.scratch, 'thumb.webp'),
        mediaType: 'image/webp',
        facts: { width: 100, height: 50, format: 'webp' },
      },
    ]);
    expect(await sharp(outputs[0]?.path).metadata()).toMatchObject({ format: 'webp', width: 100, height: 50 });
  });

  it.each([
    ['jpeg', 'thumb.jpg'],
    ['png', 'thumb.png'],
    ['webp', 'thumb.webp'],
    ['gif', 'thumb.gif'],
    ['tiff', 'thumb.tiff'],
    ['avif', 'thumb.avif'],
  ] as const)('keeps the format of a %s', async (format, name) => {
    const { outputs, first } = await resize(await twoHalves().toFormat(format).toBuffer(), { width: 64 });
    expect(outputs[0]?.name).toBe(name);
    expect((await sharp(first).metadata()).mediaType).toBe(outputs[0]?.mediaType);
  });

  it('turns all eight EXIF orientations upright and drops the tag', async () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const photo = await upright(orientation);
      const { first } = await resize(photo, { height: 60, format: 'png' });
      expect(await sharp(first).metadata()).toMatchObject({ width: 120, height: 60 });
      expect((await sharp(first).metadata()).orientation).toBeUndefined();
      const corners = [await pixel(first, 5, 5), await pixel(first, 114, 5), await pixel(first, 5, 54)];
      expect(corners.map((corner, index) => near(corner, [red, blue, white][index] ?? []))).toEqual([true, true, true]);
    }
  });

  it('turns further when told to, and leaves the picture as stored when told to', async () => {
    const photo = await upright(6);
    const turned = await resize(photo, { rotate: 90, format: 'png' });
    expect(await sharp(turned.first).metadata()).toMatchObject({ width: 100, height: 200 });
    const stored = await resize(photo, { rotate: 'none', format: 'png' });
    expect(await sharp(stored.first).metadata()).toMatchObject({ width: 100, height: 200 });
    expect(near(await pixel(turned.first, 95, 5), red)).toBe(true);
    expect(near(await pixel(stored.first, 5, 195), red)).toBe(true);
  });

  it('cuts to the side the position names', async () => {
    const photo = await twoHalves().png().toBuffer();
    const left = await resize(photo, { width: 50, height: 50, fit: 'cover', position: 'left' });
    const right = await resize(photo, { width: 50, height: 50, fit: 'cover', position: 'right' });
    expect(near(await pixel(left.first, 45, 25), red)).toBe(true);
    expect(near(await pixel(right.first, 5, 25), blue)).toBe(true);
  });

  it('finds what catches the eye', async () => {
    const spot = { create: { width: 60, height: 60, channels: 3 as const, background: '#ff2020' } };
    const photo = await solid(600, 200, '#777')
      .composite([{ input: spot, left: 520, top: 70 }])
      .removeAlpha()
      .png()
      .toBuffer();
    const { first } = await resize(photo, { width: 200, height: 200, position: 'attention' });
    const { channels } = await sharp(first).stats();
    expect(channels[0]?.mean).toBeGreaterThan((channels[1]?.mean ?? 255) + 5);
  });

  it('lays the whole picture on a background', async () => {
    const { first } = await resize(await twoHalves().png().toBuffer(), {
      width: 100,
      height: 100,
      fit: 'contain',
      background: '#00ff00',
      format: 'jpeg',
    });
    expect(await sharp(first).metadata()).toMatchObject({ width: 100, height: 100 });
    expect(near(await pixel(first, 50, 10), [0, 255, 0])).toBe(true);
    expect(near(await pixel(first, 20, 50), red)).toBe(true);
  });

  it('puts transparent pictures on white where the format has no transparency', async () => {
    const clear = await solid(40, 40, '#ff000000').png().toBuffer();
    const jpeg = await resize(clear, { format: 'jpeg' });
    const webp = await resize(clear, { format: 'webp' });
    const green = await resize(clear, { format: 'webp', background: 'lime' });
    expect(near(await pixel(jpeg.first, 20, 20), white)).toBe(true);
    expect((await pixel(webp.first, 20, 20))[3]).toBe(0);
    expect(near(await pixel(green.first, 20, 20), [0, 255, 0])).toBe(true);
  });

  it('makes every rendition from one decode, each true to its own decode', async () => {
    const photo = await twoHalves().modulate({ lightness: 10 }).jpeg().toBuffer();
    const { outputs, task } = await resize(photo, {
      format: 'png',
      renditions: {
        large: { width: 300 },
        square: { width: 90, height: 90, fit: 'cover' },
        tiny: { width: 33, format: 'jpeg', quality: 60 },
      },
    });
    expect(outputs.map(({ name, facts }) => [name, facts?.width, facts?.height])).toEqual([
      ['large.png', 300, 150],
      ['square.png', 90, 90],
      ['tiny.jpg', 33, 17],
    ]);
    expect(task.fractions).toEqual([1 / 3, 2 / 3, 1]);
    const alone = await resize(photo, { format: 'png', width: 90, height: 90, fit: 'cover' });
    expect(await difference(outputs[1]?.path ?? '', alone.first)).toBeLessThan(2);
  });

  it('keeps all frames and delays of an animation, and takes the first frame for a still format', async () => {
    const gif = await animation(['red', 'lime', 'blue'], [120, 240, 360]);
    const { outputs } = await resize(gif, {
      renditions: { moving: { width: 40 }, webp: { width: 20, format: 'webp' }, still: { width: 20, format: 'png' } },
    });
    const [moving, webp, still] = await Promise.all(
      outputs.map(({ path }) => sharp(path, { animated: true }).metadata()),
    );
    expect(moving).toMatchObject({ format: 'gif', pages: 3, pageHeight: 20, delay: [120, 240, 360], loop: 0 });
    expect(webp).toMatchObject({ format: 'webp', pages: 3, pageHeight: 10, delay: [120, 240, 360] });
    expect(still).toMatchObject({ format: 'png', width: 20, height: 10 });
    expect(outputs[0]?.facts).toMatchObject({ width: 40, height: 20, pages: 3, durationMs: 720 });
    expect(outputs[2]?.facts).toEqual({ width: 20, height: 10, format: 'png' });
    expect(near(await pixel(outputs[2]?.path ?? '', 3, 3), red)).toBe(true);
  });

  it('crops and pads every frame of an animation', async () => {
    const gif = await animation(['red', 'lime'], [100, 100]);
    const cut = await resize(gif, { width: 30, height: 30, fit: 'cover', format: 'webp' });
    const padded = await resize(gif, { width: 60, height: 60, fit: 'contain', background: 'blue', format: 'webp' });
    expect(cut.outputs[0]?.facts).toMatchObject({ width: 30, height: 30, pages: 2 });
    expect(padded.outputs[0]?.facts).toMatchObject({ width: 60, height: 60, pages: 2 });
    const second = await sharp(padded.first, { page: 1 }).raw().toBuffer();
    expect(near([...second.subarray(0, 3)], blue)).toBe(true);
  });

  it('ends as sRGB with nothing of the camera left', async () => {
    const photo = await twoHalves()
      .withIccProfile('p3')
      .withExif({ IFD0: { Copyright: 'Someone' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
      .jpeg()
      .toBuffer();
    const { first } = await resize(photo, { width: 100 });
    const { exif, icc, xmp, space } = await sharp(first).metadata();
    expect({ exif, icc, xmp, space }).toEqual({ space: 'srgb' });
    expect(near(await pixel(first, 10, 10), red)).toBe(true);
  });

  it('draws an SVG sharply at the size asked for, and only when a raster format is asked for', async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5"><rect width="5" height="5"/></svg>',
    );
    const { first } = await resize(svg, { width: 400, format: 'png' });
    expect(await sharp(first).metadata()).toMatchObject({ width: 400, height: 200 });
    expect([(await pixel(first, 198, 100))[3], (await pixel(first, 202, 100))[3]]).toEqual([255, 0]);
    await expect(resize(svg, { width: 400 })).rejects.toThrow(/raster format/);
  });

  it('never draws a file that lies beside an SVG', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="40">' +
      '<image width="40" height="40" xlink:href="canary.png"/></svg>';
    const params = resizeParams.parse({ format: 'png' });
    const task = await makeTask({ params, files: [{ bytes: Buffer.from(svg), name: 'a.svg' }] });
    const canary = await solid(40, 40, 'red').png().toBuffer();
    await writeFile(join(task.inputs[0]?.path ?? '', '..', 'canary.png'), canary);
    const [output] = await process(task);
    expect(await pixel(output?.path ?? '', 20, 20)).toEqual([0, 0, 0, 0]);
  });

  it.each([
    ['an empty file', Buffer.alloc(0), /empty/],
    ['text', Buffer.from('hello, I am not a picture'), /is not one/],
    ['half a JPEG', 'half', /cut off or damaged/],
  ])('tells the sender what is wrong with %s', async (_, bytes, message) => {
    const photo = await twoHalves().jpeg().toBuffer();
    const sent = typeof bytes === 'string' ? photo.subarray(0, photo.length / 2) : bytes;
    const failure = await resize(sent, { width: 10 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as InputError).publicMessage).toMatch(message);
  });

  it('puts up with bytes no picture needs', async () => {
    const photo = await twoHalves().jpeg().toBuffer();
    const nextSegment = 4 + photo.readUInt16BE(4);
    const odd = Buffer.concat([photo.subarray(0, nextSegment), Buffer.from([1, 2]), photo.subarray(nextSegment)]);
    await expect(sharp(odd).toBuffer()).rejects.toThrow(/extraneous bytes/);
    const { first } = await resize(odd, { format: 'png' });
    expect(near(await pixel(first, 10, 10), red)).toBe(true);
  });

  it('salvages half a JPEG when told to', async () => {
    const photo = await twoHalves().jpeg().toBuffer();
    const { outputs } = await resize(photo.subarray(0, photo.length / 2), { width: 100, damaged: 'salvage' });
    expect(outputs[0]?.facts).toMatchObject({ width: 100, height: 50 });
  });

  it('refuses a result its format cannot hold', async () => {
    const long = await sharp({ create: { width: 17_000, height: 2, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    await expect(resize(long, { format: 'webp' })).rejects.toThrow(
      /17000×2 pixels, but webp is written up to 16383 a side/,
    );
  });

  it('stops between renditions when the signal says so', async () => {
    const files = [{ bytes: await twoHalves().png().toBuffer(), name: 'a.png' }];
    const task = await makeTask({ params: {}, files, signal: AbortSignal.abort(new Error('cancelled')) });
    await expect(process(task)).rejects.toThrow('cancelled');
  });
});

describe('resizeParams', () => {
  it.each([
    [{ width: 0 }, 'width', /1–16383/],
    [{ width: 16_384 }, 'width', /1–16383/],
    [{ height: 1.5 }, 'height', /whole number/],
    [{ quality: 101 }, 'quality', /1–100/],
    [{ background: 'redd' }, 'background', /CSS colour name/],
    [{ rotate: 361 }, 'rotate', /auto, none or degrees/],
    [{ renditions: {} }, 'renditions', /at least one/],
    [{ renditions: { small: { widht: 3 } } }, 'renditions.small', /widht/],
  ])('refuses %j and names the place', (params, path, message) => {
    const { error } = resizeParams.safeParse(params);
    expect(error?.issues[0]?.path.join('.')).toBe(path);
    expect(error?.issues[0]?.message).toMatch(message);
  });
});

/** A 200×100 JPEG, stored so that its orientation tag turns it upright: red top left, blue top right, white below. */
async function upright(orientation: number): Promise<Buffer> {
  const half = (background: string) => ({ create: { width: 100, height: 50, channels: 3 as const, background } });
  const picture = await solid(200, 100, 'white')
    .composite([
      { input: half('red'), left: 0, top: 0 },
      { input: half('blue'), left: 100, top: 0 },
    ])
    .flatten()
    .png()
    .toBuffer();
  // EXIF 2.32 §4.6.4: what was done to the stored pixels, undone by the viewer.
  const stored = [2, 4, 5, 7].includes(orientation) ? await sharp(picture).flop().toBuffer() : picture;
  const degrees = { 1: 0, 2: 0, 3: 180, 4: 180, 5: 270, 6: 270, 7: 90, 8: 90 }[orientation] ?? 0;
  return sharp(stored).rotate(degrees).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
}

async function animation(colours: readonly string[], delay: number[]): Promise<Buffer> {
  const frames = await Promise.all(colours.map((colour) => solid(80, 40, colour).flatten().png().toBuffer()));
  return sharp(frames, { join: { animated: true } })
    .gif({ delay, loop: 0 })
    .toBuffer();
}
