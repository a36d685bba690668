import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { flattenHdr, hdrTransfer } from './flatten-hdr.ts';

/** SMPTE ST 2084, the other way round: cd/m² → 16 bits. */
function pq(nits: number): number {
  const y = (nits / 10_000) ** (2610 / 16_384);
  const c = (3424 / 4096 + (2413 / 128) * y) / (1 + (2392 / 128) * y);
  return Math.round(65_535 * c ** ((2523 / 4096) * 128));
}

/** One patch of 10×10 for each triple of light. */
async function flatten(...patches: readonly (readonly [number, number, number])[]): Promise<number[][]> {
  const data = new Uint16Array(patches.length * 100 * 3);
  for (const [index, patch] of patches.entries()) {
    for (let at = 0; at < 100; at++) data.set(patch.map(pq), (index * 100 + at) * 3);
  }
  const picture = sharp(data, { raw: { width: 10, height: patches.length * 10, channels: 3 } });
  const png = await flattenHdr(picture.toColourspace('rgb16'), 'pq');
  const flat = await sharp(png).raw().toBuffer();
  return patches.map((_, index) => [...flat.subarray(index * 300, index * 300 + 3)]);
}

describe('flattenHdr', () => {
  it('leaves a picture without highlights as it is: paper white is white, a fifth of it is the grey of sRGB', async () => {
    const [white = [], grey = []] = await flatten([203, 203, 203], [203 * 0.2, 203 * 0.2, 203 * 0.2]);
    for (const value of white) expect(value).toBeGreaterThan(252);
    for (const value of grey) expect(Math.abs(value - 124)).toBeLessThan(4);
  });

  it('brings highlights into range, in order, and keeps grey grey', async () => {
    const [sun = [], paper = [], shade = []] = await flatten([1000, 1000, 1000], [203, 203, 203], [20, 20, 20]);
    expect(Math.min(...sun)).toBeGreaterThan(252);
    expect(sun[0]).toBeGreaterThan((paper[0] ?? 0) + 20);
    expect(paper[0]).toBeGreaterThan((shade[0] ?? 0) + 80);
    for (const patch of [sun, paper, shade]) expect(Math.max(...patch) - Math.min(...patch)).toBeLessThan(3);
  });
});

describe('hdrTransfer', () => {
  const colr = (transfer: number) => Buffer.from([...Buffer.from('....colrnclx'), 0, 9, 0, transfer, 0, 9, 128]);

  it.each([
    [16, 'pq'],
    [18, 'hlg'],
    [13, undefined],
  ])('H.273 transfer %i is %s', (transfer, name) => expect(hdrTransfer(colr(transfer))).toBe(name));

  it('is nothing where nothing is said', () => expect(hdrTransfer(Buffer.from('ftypavif'))).toBeUndefined());
});
