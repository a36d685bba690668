/** The memory of a picture worker stays under what docs/kinds/resize.md states; each step runs in a process of its own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openImage } from '../../workers/media/open-image.ts';
import { estimateMemory } from '../../workers/resize/estimate-memory.ts';
import { listRenditions } from '../../workers/resize/plan-renditions.ts';
import { fixturesAbsent, fixturesPresent } from '../support/fixtures.ts';
import { largestFixtures, makeLargest, memoryBounds } from '../support/largest-pictures.ts';
import { measureSideBySide, measureStep } from '../support/measure-step.ts';

/** Node, sharp and the program around a step. */
const nodeBytes = 0.2e9;

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

  it('the largest that is allowed stays below the bound of a step, and below what was estimated before it began', async () => {
    for (const { name, path, params } of largest.pictures) {
      const { code, stderr, peakBytes } = await measureStep('resize', path, params);
      const image = await openImage({ path, name, bytes: 1, reference: 'input', mediaType: 'image/jpeg' });
      const estimate = estimateMemory(image, params, listRenditions(params, 'step'));
      expect([name, peakBytes < estimate + nodeBytes, peakBytes, estimate]).toEqual([name, true, peakBytes, estimate]);
      expect([name, code, stderr]).toEqual([name, 0, '']);
      expect([name, peakBytes < memoryBounds.stepBytes, peakBytes]).toEqual([name, true, peakBytes]);
    }
  }, 300_000);

  it('two of the largest at once take no more than one: the second waits', async () => {
    const { path = '', params = {} } = largest.pictures.at(-1) ?? {};
    const budget = 0.75 * 2 * 1024 ** 3;
    const gated = await measureSideBySide(path, [params, params], budget);
    expect([gated.code, gated.stderr]).toEqual([0, '']);
    expect(gated.peakBytes).toBeLessThan(memoryBounds.stepBytes);
    const free = await measureSideBySide(path, [params, params], Number.MAX_SAFE_INTEGER);
    expect([free.code, free.stderr]).toEqual([0, '']);
    expect(free.peakBytes).toBeGreaterThan(gated.peakBytes * 1.3);
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
