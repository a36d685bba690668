/** Geometry as one sees it in the result. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { difference, near, pixel, quarters, resize, solid } from '../../test/support/try-resize.ts';
import type { ResizeParams } from './contract.ts';

const red = [255, 0, 0];
const lime = [0, 255, 0];
const blue = [0, 0, 255];
const white = [255, 255, 255];

const sizeOf = async (path: string) => {
  const { width, height } = await sharp(path).metadata();
  return `${width}x${height}`;
};

describe('geometry', () => {
  it.each([
    [{ width: 100, aspectRatio: '1:1' }, '100x100'],
    [{ height: 90, aspectRatio: '16:9' }, '160x90'],
    [{ aspectRatio: '1:1' }, '200x200'],
    [{ width: 100, dpr: 2 }, '200x100'],
    [{ width: 50, height: 50, dpr: 1.5 }, '75x75'],
    [{ maxWidth: 100 }, '100x50'],
    [{ maxHeight: 20 }, '40x20'],
    [{ width: 100, minHeight: 100 }, '200x100'],
    [{ minWidth: 800 }, '800x400'],
    [{ width: 300, height: 300, maxWidth: 150 }, '150x150'],
    [{ width: 100, pad: 10 }, '120x70'],
    [{ width: 100, pad: { left: 30 }, dpr: 2 }, '260x100'],
    [{ width: 100, height: 100, fit: 'contain', pad: 5 }, '110x110'],
    [{ width: 100, height: 100, pad: 5 }, '110x110'],
    [{ width: 100, height: 100, pad: 5, cornerRadius: 9, hide: [{ left: 0, top: 0, width: 1, height: 1 }] }, '110x110'],
  ] as const)('%j makes %s', async (params, expected) => {
    const { first, outputs } = await resize(await quarters(400, 200), { format: 'png', ...params } as ResizeParams);
    expect(await sizeOf(first)).toBe(expected);
    expect(`${outputs[0]?.facts?.width}x${outputs[0]?.facts?.height}`).toBe(expected);
  });

  it('keeps the focal point', async () => {
    const photo = await quarters(400, 200);
    const bottomRight = await resize(photo, { width: 60, height: 60, position: { x: 1, y: 1 }, format: 'png' });
    const third = await resize(photo, { width: 100, height: 200, position: { x: 0.3, y: 0.5 }, format: 'png' });
    expect(near(await pixel(bottomRight.first, 50, 50), white)).toBe(true);
    expect(near(await pixel(third.first, 95, 10), red)).toBe(true);
  });

  it('cuts out a part first', async () => {
    const { first } = await resize(await quarters(400, 200), {
      crop: { left: 0.5, top: 0, width: 0.5, height: 0.5 },
      width: 50,
      format: 'png',
    });
    expect(await sizeOf(first)).toBe('50x25');
    expect(near(await pixel(first, 2, 2), lime)).toBe(true);
    expect(near(await pixel(first, 48, 23), lime)).toBe(true);
  });

  it('turns, cuts and mirrors in this order, whatever the order of the library', async () => {
    const crop = { left: 0, top: 0, width: 0.6, height: 0.7 };
    for (const rotate of ['auto', 90, 180, -90] as const) {
      for (const flip of [undefined, 'horizontal', 'vertical', 'both'] as const) {
        for (const cut of [undefined, crop]) {
          const photo = await quarters(120, 80);
          const { first } = await resize(photo, {
            rotate,
            ...(flip && { flip }),
            ...(cut && { crop: cut }),
            format: 'png',
          });
          const expected = await stepByStep(photo, rotate, cut, flip);
          expect([rotate, flip, cut, await difference(first, expected)]).toEqual([rotate, flip, cut, 0]);
        }
      }
    }
  });

  it('turns by an odd angle on a background', async () => {
    const photo = await solid(200, 100, 'red').removeAlpha().png().toBuffer();
    const { first } = await resize(photo, { rotate: 45, background: 'blue', format: 'png' });
    const { width, height } = await sharp(first).metadata();
    expect([width, height].map((side) => Math.abs(side - 212) <= 2)).toEqual([true, true]);
    expect(near(await pixel(first, 3, 3), blue)).toBe(true);
    expect(near(await pixel(first, 106, 106), red)).toBe(true);
  });

  it('trims a border of one colour', async () => {
    const framed = await solid(200, 100, 'red')
      .removeAlpha()
      .extend({ top: 20, left: 30, right: 5, bottom: 7, background: 'white' })
      .png()
      .toBuffer();
    const { first } = await resize(framed, { trim: true, format: 'png' });
    expect(await sizeOf(first)).toBe('200x100');
  });

  it('mirrors, turns and cuts every frame of an animation', async () => {
    const frames = await Promise.all(['red', 'lime'].map((colour) => withMark(colour)));
    const gif = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [50, 150], loop: 3 })
      .toBuffer();
    const { outputs, first } = await resize(gif, { rotate: 90, flip: 'horizontal', format: 'webp', lossless: true });
    expect(outputs[0]?.facts).toMatchObject({ width: 40, height: 80, pages: 2 });
    expect(await sharp(first, { animated: true }).metadata()).toMatchObject({ delay: [50, 150], loop: 3 });
    // The mark sits top left; a quarter turn takes it to the top right, the mirror back to the left.
    const second = await sharp(first, { page: 1 }).removeAlpha().raw().toBuffer();
    expect(near([...second.subarray(0, 3)], blue)).toBe(true);
    const corner = (80 - 1) * 40 * 3;
    expect(near([...second.subarray(corner, corner + 3)], lime)).toBe(true);
  });

  it('takes one frame or the first few of an animation', async () => {
    const frames = await Promise.all(['red', 'lime', 'blue'].map((colour) => withMark(colour)));
    const gif = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [50, 60, 70] })
      .toBuffer();
    const one = await resize(gif, { page: 2, format: 'webp' });
    const two = await resize(gif, { maxFrames: 2, format: 'webp' });
    expect(one.outputs[0]?.facts).not.toHaveProperty('pages');
    expect(near(await pixel(one.first, 79, 39), lime)).toBe(true);
    expect(await sharp(two.first, { animated: true }).metadata()).toMatchObject({ pages: 2, delay: [50, 60] });
  });

  it('says which page there is not', async () => {
    const photo = await quarters(20, 20);
    await expect(resize(photo, { page: 3, format: 'png' })).rejects.toThrow(/page 3.*1 page/);
  });
});

const withMark = (colour: string) =>
  solid(80, 40, colour)
    .composite([{ input: { create: { width: 20, height: 10, channels: 3, background: 'blue' } }, left: 0, top: 0 }])
    .removeAlpha()
    .png()
    .toBuffer();

/** One pass each, so that no library can reorder them. */
async function stepByStep(
  photo: Buffer,
  rotate: 'auto' | number,
  crop: { left: number; top: number; width: number; height: number } | undefined,
  flip: string | undefined,
): Promise<Buffer> {
  const turned = await sharp(photo)
    .rotate(rotate === 'auto' ? 0 : rotate)
    .png()
    .toBuffer();
  const { width, height } = await sharp(turned).metadata();
  const box = crop && {
    left: Math.round(crop.left * width),
    top: Math.round(crop.top * height),
    width: Math.round(crop.width * width),
    height: Math.round(crop.height * height),
  };
  const cut = box ? await sharp(turned).extract(box).png().toBuffer() : turned;
  return sharp(cut)
    .flop(flip === 'horizontal' || flip === 'both')
    .flip(flip === 'vertical' || flip === 'both')
    .png()
    .toBuffer();
}
