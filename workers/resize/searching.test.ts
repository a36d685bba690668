/** Searches on what is not one still of a lossy format: animations, palettes, lossless files, both wishes at once. */
import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { difference, photograph, resize, solid } from '../../test/support/try-resize.ts';

const factsOf = (outputs: Awaited<ReturnType<typeof resize>>['outputs']) =>
  outputs[0]?.facts as Record<string, unknown>;

async function animation(delay: number[], format: 'gif' | 'webp' = 'webp'): Promise<Buffer> {
  const frames = await Promise.all(
    delay.map(async (_, n) =>
      (await photograph(200, 120))
        .modulate({ hue: n * 70 })
        .png()
        .toBuffer(),
    ),
  );
  const joined = sharp(frames, { join: { animated: true } });
  return (format === 'gif' ? joined.gif({ delay }) : joined.webp({ delay, lossless: true })).toBuffer();
}

describe('maxBytes on an animation', () => {
  it.each([
    ['gif', 3_000],
    ['webp', 900],
  ] as const)('makes every frame of a %s smaller, and keeps them all', async (format, maxBytes) => {
    const source = await animation([100, 200, 300, 100]);
    const { first, outputs } = await resize(source, { format, maxBytes });
    expect((await stat(first)).size).toBeLessThanOrEqual(maxBytes);
    const facts = factsOf(outputs);
    expect(facts.shrunkTo).toBeLessThan(1);
    expect(await sharp(first, { animated: true }).metadata()).toMatchObject({
      pages: 4,
      delay: [100, 200, 300, 100],
      width: facts.width,
      pageHeight: facts.height,
    });
    const third = await sharp(first, { page: 2 }).resize(20, 12, { fit: 'fill' }).png().toBuffer();
    const wanted = await sharp(source, { page: 2 }).resize(20, 12, { fit: 'fill' }).png().toBuffer();
    expect(await difference(third, wanted)).toBeLessThan(25);
  });

  it('keeps a P3 profile', async () => {
    const { first } = await resize(await animation([100, 100]), { colorSpace: 'p3', maxBytes: 20_000 });
    expect(await sharp(first, { animated: true }).metadata()).toMatchObject({ pages: 2, hasProfile: true });
  });
});

describe('what an animation tells of itself', () => {
  it('is what came out: frames that look alike are one', async () => {
    const frames = ['#808080', '#818181', '#ff0000'].map((colour) => solid(60, 60, colour).png().toBuffer());
    const source = await sharp(await Promise.all(frames), { join: { animated: true } })
      .webp({ delay: [100, 200, 300], lossless: true })
      .toBuffer();
    const { first, outputs } = await resize(source, { quality: 5, width: 30 });
    const { pages = 1, delay = [] } = await sharp(first, { animated: true }).metadata();
    expect(factsOf(outputs)).toMatchObject({ pages, durationMs: delay.reduce((sum, ms) => sum + ms) });
    expect(factsOf(outputs).durationMs).toBe(600);
  });

  it('a GIF lasts as long as its source, though it counts in hundredths of a second', async () => {
    const { first } = await resize(await animation([33, 33, 33, 33, 33, 33]), { format: 'gif', width: 40 });
    const { delay = [] } = await sharp(first, { animated: true }).metadata();
    expect(delay).toHaveLength(6);
    expect(Math.abs(delay.reduce((sum, ms) => sum + ms) - 198)).toBeLessThanOrEqual(5);
  });
});

describe('quality of a GIF', () => {
  it('is that many fewer bytes and colours, step by step', async () => {
    const photo = await (await photograph(160, 120)).png().toBuffer();
    const made = [];
    for (const quality of [70, 50, 30, 10]) {
      const { first } = await resize(photo, { format: 'gif', quality });
      made.push({ bytes: (await stat(first)).size, off: await difference(first, photo) });
    }
    for (const [index, { bytes }] of made.entries()) expect(bytes).toBeLessThan(made[index - 1]?.bytes ?? Infinity);
    expect(made.at(-1)?.off).toBeLessThan(12);
  });
});

describe('lossless', () => {
  it('is what auto writes when told to, and not when told not to', async () => {
    const photo = await (await photograph(80, 60)).png().toBuffer();
    const exact = await resize(photo, { format: 'auto', lossless: true });
    expect(await difference(exact.first, photo)).toBe(0);
    const flat = await sharp({ create: { width: 300, height: 300, channels: 3, background: 'red' } })
      .composite([{ input: await (await photograph(40, 40)).png().toBuffer(), left: 9, top: 9 }])
      .png()
      .toBuffer();
    const lossy = await resize(flat, { format: 'auto', lossless: false });
    expect(await difference(lossy.first, flat)).toBeGreaterThan(0);
  });

  it('has nothing to search', async () => {
    const photo = await (await photograph(80, 60)).png().toBuffer();
    const { first, outputs } = await resize(photo, { format: 'webp', lossless: true, targetQuality: 0.97 });
    expect(await difference(first, photo)).toBe(0);
    expect(factsOf(outputs)).toMatchObject({ quality: 100, ssim: 1 });
  });

  it('gives way to bytes when auto chose it, before the picture shrinks', async () => {
    const rings = Array.from(
      { length: 24 },
      (_, n) => `<circle cx="150" cy="150" r="${150 - n * 6}" fill="hsl(${n * 15} 80% 50%)"/>`,
    );
    const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300">${rings.join('')}</svg>`);
    const flat = await sharp(svg).flatten({ background: 'white' }).png().toBuffer();
    const free = await resize(flat, { format: 'auto' });
    const { size } = await stat(free.first);
    const { first, outputs } = await resize(flat, { format: 'auto', maxBytes: Math.round(size * 0.8) });
    expect((await stat(first)).size).toBeLessThanOrEqual(size * 0.8);
    expect(factsOf(outputs)).toMatchObject({ width: 300, height: 300, format: 'webp' });
  });
});

it('tells the likeness also when the bytes decided', async () => {
  const photo = await (await photograph(320, 200)).png().toBuffer();
  const { outputs } = await resize(photo, { format: 'webp', targetQuality: 0.995, maxBytes: 2_500 });
  const { ssim } = factsOf(outputs) as { ssim: number };
  expect([ssim > 0.5, ssim < 0.995]).toEqual([true, true]);
});

describe('texts', () => {
  it('that are too long say so, and blame no file', async () => {
    const photo = await solid(300, 200, 'grey').png().toBuffer();
    await expect(resize(photo, { watermark: { text: 'W'.repeat(500), size: 0.5 } })).rejects.toThrow(
      /text “W+…” is too long for letters of this size/,
    );
    await expect(resize(photo, { watermark: { text: '\u3164' } })).rejects.toThrow(/Nothing of the text/);
    await expect(resize(photo, { watermark: { text: ' \u200b ' } })).rejects.toThrow(/a text that can be seen/);
  });
});
