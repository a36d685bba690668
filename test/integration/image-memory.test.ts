/** The memory of a picture worker stays under what docs/kinds/resize.md states; each step runs in a process of its own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturesAbsent, fixturesPresent } from '../support/fixtures.ts';
import { largestFixtures, makeLargest, memoryBounds } from '../support/largest-pictures.ts';
import { measureStep } from '../support/measure-step.ts';

let largest: Awaited<ReturnType<typeof makeLargest>>;

beforeAll(async () => {
  largest = await makeLargest();
}, 300_000);

afterAll(() => largest.remove());

const fixtures = await largestFixtures();

describe('memory of resize', () => {
  if (!fixturesPresent) it(`skips real files: ${fixturesAbsent}`, () => expect(fixturesPresent).toBe(false));

  it.each(fixtures)('$name stays small', async ({ path, params }) => {
    const { code, stderr, peakBytes } = await measureStep('resize', path, params);
    expect([code, stderr]).toEqual([0, '']);
    expect(peakBytes).toBeGreaterThan(30e6);
    expect(peakBytes).toBeLessThan(memoryBounds.fixtureBytes);
  });

  it('the largest that is allowed stays below the bound of a step', async () => {
    for (const { name, path, params } of largest.pictures) {
      const { code, stderr, peakBytes } = await measureStep('resize', path, params);
      expect([name, code, stderr]).toEqual([name, 0, '']);
      expect([name, peakBytes < memoryBounds.stepBytes, peakBytes]).toEqual([name, true, peakBytes]);
    }
  }, 300_000);

  it.each([
    ['webp', { format: 'webp', rotate: 3 }, /transparent webp is written up to 36 million/],
    ['lossless', { format: 'webp', lossless: true }, /lossless webp is written up to 36 million/],
    ['avif', { format: 'avif' }, /avif is written up to 34 million/],
    ['search', { format: 'webp', targetQuality: 0.97 }, /targetQuality works on up to 36 million pixels/],
  ])('more is refused in time: %s', async (_, params, message) => {
    const { code, stderr, peakBytes } = await measureStep('resize', largest.pictures[3]?.path ?? '', params);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(peakBytes).toBeLessThan(memoryBounds.stepBytes);
  });

  it('is what the document states', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/kinds/resize.md'), 'utf8');
    expect(page).toContain(`${memoryBounds.fixtureBytes / 1e6} MB`);
    expect(page).toContain(`${memoryBounds.stepBytes / 1e9} GB`);
  });
});
