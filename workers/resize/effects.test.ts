/** What is done to the look of a picture, looked at pixel by pixel. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { difference, near, photograph, pixel, quarters, resize, solid } from '../../test/support/try-resize.ts';

const deviation = async (path: string | Buffer) => (await sharp(path).stats()).channels[0]?.stdev ?? 0;

describe('effects', () => {
  it('takes the colours away, tints, brightens', async () => {
    const photo = await quarters(80, 80);
    const grey = await pixel((await resize(photo, { grayscale: true, format: 'png' })).first, 10, 10);
    expect(new Set(grey.slice(0, 3)).size).toBe(1);
    const [r = 0, , b = 255] = await pixel((await resize(photo, { tint: '#ff8800', format: 'png' })).first, 60, 10);
    expect(r).toBeGreaterThan(b + 50);
    const dark = await resize(photo, { modulate: { brightness: 0.5 }, format: 'png' });
    expect((await pixel(dark.first, 60, 60))[0]).toBeLessThan(200);
  });

  it('blurs and sharpens', async () => {
    const photo = await (await photograph(160, 120)).png().toBuffer();
    const before = await deviation(photo);
    expect(await deviation((await resize(photo, { blur: 20, format: 'png' })).first)).toBeLessThan(before * 0.7);
    expect(await difference((await resize(photo, { sharpen: 2, format: 'png' })).first, photo)).toBeGreaterThan(0.2);
  });

  it('stretches dull pictures to the full range', async () => {
    const dull = await (await photograph(160, 120)).linear(0.2, 100).png().toBuffer();
    const { first } = await resize(dull, { normalise: true, format: 'png' });
    expect(await deviation(first)).toBeGreaterThan((await deviation(dull)) * 2);
  });

  it('rounds the corners, transparent or on the background', async () => {
    const photo = await solid(100, 60, 'red').removeAlpha().png().toBuffer();
    const { outputs } = await resize(photo, {
      cornerRadius: 20,
      renditions: {
        webp: { format: 'png' },
        jpeg: { format: 'jpeg', background: 'lime' },
        disc: { cornerRadius: 'circle' },
      },
    });
    const [clear, green, disc] = outputs.map(({ path }) => path) as [string, string, string];
    expect((await pixel(clear, 1, 1))[3]).toBe(0);
    expect(near(await pixel(clear, 50, 30), [255, 0, 0, 255])).toBe(true);
    expect(near(await pixel(green, 1, 1), [0, 255, 0])).toBe(true);
    expect((await pixel(disc, 10, 5))[3]).toBe(0);
  });

  it.each(['pixelate', 'blur', 'fill'] as const)('hides a region by %s wherever the crop takes it', async (by) => {
    const lines = await stripes(400, 200);
    const hide = [{ left: 0.5, top: 0, width: 0.25, height: 0.5, by }];
    const { outputs } = await resize(lines, {
      hide,
      format: 'png',
      renditions: {
        whole: {},
        half: { width: 200 },
        cut: { width: 200, height: 200, position: 'right' },
        padded: { width: 400, height: 400, fit: 'contain' },
      },
    });
    const inside = [
      { left: 205, top: 5, width: 90, height: 90 },
      { left: 102, top: 2, width: 45, height: 45 },
      { left: 5, top: 5, width: 90, height: 90 },
      { left: 205, top: 105, width: 90, height: 90 },
    ];
    const outside = [
      { left: 305, top: 5, width: 90, height: 90 },
      { left: 152, top: 2, width: 45, height: 45 },
      { left: 105, top: 5, width: 90, height: 90 },
      { left: 305, top: 105, width: 90, height: 90 },
    ];
    for (const [index, { path }] of outputs.entries()) {
      const hidden = await deviation(
        await sharp(path)
          .extract(inside[index] as Region)
          .removeAlpha()
          .png()
          .toBuffer(),
      );
      const shown = await deviation(
        await sharp(path)
          .extract(outside[index] as Region)
          .removeAlpha()
          .png()
          .toBuffer(),
      );
      expect([index, hidden < 20, shown > 80]).toEqual([index, true, true]);
    }
  });

  it('keeps hidden what a smart crop moved', async () => {
    const lines = await stripes(400, 200);
    const hide = [{ left: 0, top: 0, width: 1, height: 1, by: 'fill' as const }];
    const { first } = await resize(lines, { width: 100, height: 200, position: 'entropy', hide, format: 'png' });
    expect(near((await pixel(first, 50, 100)).slice(0, 3), [0, 0, 0])).toBe(true);
  });

  it('works on every frame of an animation', async () => {
    const frames = await Promise.all(
      ['red', 'lime'].map((colour) => solid(60, 40, colour).removeAlpha().png().toBuffer()),
    );
    const gif = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [80, 90] })
      .toBuffer();
    const { first, outputs } = await resize(gif, {
      blur: 3,
      cornerRadius: 10,
      width: 30,
      format: 'webp',
      lossless: true,
    });
    expect(outputs[0]?.facts).toMatchObject({ pages: 2, width: 30, height: 20 });
    const second = await sharp(first, { page: 1 }).raw().toBuffer();
    expect([second[3], near([...second.subarray((10 * 30 + 15) * 4)], [0, 255, 0, 255])]).toEqual([0, true]);
    expect((await sharp(first, { animated: true }).metadata()).delay).toEqual([80, 90]);
  });
});

describe('watermark', () => {
  const logo = () => solid(40, 20, '#00f').png().toBuffer();

  it('lays a further input where it is told, as large and as clear as told', async () => {
    const photo = await solid(200, 100, 'white').removeAlpha().png().toBuffer();
    const watermark = { image: 'logo', scale: 0.5, opacity: 0.5, margin: 10, position: 'bottom-right' as const };
    const { first } = await resize(photo, { watermark, format: 'png' }, { logo: await logo() });
    expect(near(await pixel(first, 188, 88), [128, 128, 255])).toBe(true);
    expect(near(await pixel(first, 92, 42), [128, 128, 255])).toBe(true);
    expect(near(await pixel(first, 88, 60), [255, 255, 255])).toBe(true);
    expect(near(await pixel(first, 195, 95), [255, 255, 255])).toBe(true);
  });

  it('repeats it over the picture', async () => {
    const photo = await solid(200, 100, 'white').removeAlpha().png().toBuffer();
    const watermark = { tile: true, scale: 0.1, opacity: 1, margin: 10 };
    const { first } = await resize(photo, { watermark, format: 'png' }, { logo: await logo() });
    const seen = await Promise.all([5, 35, 65, 185].map((x) => pixel(first, x, 5)));
    expect(seen.map((colour) => near(colour, [0, 0, 255]))).toEqual([true, true, true, true]);
    expect(near(await pixel(first, 25, 5), [255, 255, 255])).toBe(true);
  });

  it.each([
    ['Latin', '© Ana & Co <b>'],
    ['Cyrillic', 'Пример'],
    ['Arabic', 'مرحبا'],
    ['Chinese', '你好世界'],
  ])(
    'writes %s',
    async (_, text) => {
      const photo = await solid(400, 200, 'black').removeAlpha().png().toBuffer();
      const watermark = { text, size: 0.2, opacity: 1, position: 'center' as const };
      const { first } = await resize(photo, { watermark, format: 'png' });
      const lit = (await sharp(first).grayscale().raw().toBuffer()).filter((value) => value > 200).length;
      expect(lit).toBeGreaterThan(300);
      expect(near(await pixel(first, 3, 3), [0, 0, 0])).toBe(true);
      // The first text of a process may wait for fontconfig to index every font of the machine.
    },
    60_000,
  );

  it('fits a mark larger than the picture', async () => {
    const photo = await solid(30, 30, 'black').removeAlpha().png().toBuffer();
    const long = { text: 'far too long for so small a picture', size: 0.5 };
    const big = { image: 'logo', scale: 1, angle: 30 };
    const { outputs } = await resize(photo, { watermark: [long, big], format: 'png' }, { logo: await logo() });
    expect(outputs[0]?.facts).toMatchObject({ width: 30, height: 30 });
  });

  it('names the input that is missing', async () => {
    const photo = await quarters(20, 20);
    await expect(resize(photo, { watermark: { image: 'logo' } })).rejects.toThrow(/"logo", which is not in "use"/);
    await expect(resize(photo, { watermark: { scale: 0.5 } })).rejects.toThrow(/second input/);
  });
});

interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Black and white lines of 8 pixels: any readable part of them has a high deviation. */
function stripes(width: number, height: number): Promise<Buffer> {
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < data.length; at += 3) data.fill(((at / 3) % width) % 16 < 8 ? 0 : 255, at, at + 3);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
