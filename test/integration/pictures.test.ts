/**
 * The pictures of the documents are golden: each example, run again, must make what the page shows, as people see it. A change
 * that is meant is taken over with `npm run pictures`, and then shows in review.
 */

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFigures } from '../../scripts/pictures/figures.ts';
import { readPictures } from '../../scripts/pictures/read-pictures.ts';
import { makeSource } from '../../scripts/pictures/sources/make-source.ts';
import { comparePictures, looksTheSame } from '../support/compare-pictures.ts';
import { resize } from '../support/try-resize.ts';

const docs = join(import.meta.dirname, '../../docs/kinds');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farm-pictures-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const numbers = (figures: string) => figures.match(/\d+(\.\d+)?/g)?.map(Number) ?? [];

describe.each(await readPictures())('%s', (kind, pictures) => {
  const page = readFileSync(join(docs, `${kind}.md`), 'utf8');

  it.each(pictures)('still makes $file', async ({ file, make }) => {
    const figures = await make(folder);
    const likeness = await comparePictures(join(folder, file), join(docs, 'pictures', file));
    expect([looksTheSame(likeness), likeness]).toEqual([true, likeness]);
    const printed = readFigures(page, file);
    if (printed === undefined) return;
    // Other builds of an encoder spend a few bytes more or less.
    const made = numbers(String(figures));
    const expected = numbers(printed);
    expect(made).toHaveLength(expected.length);
    for (const [index, number] of made.entries()) {
      const written = expected[index] ?? Number.NaN;
      expect(Math.abs(number - written)).toBeLessThanOrEqual(Math.max(0.2, written * 0.05));
    }
  });
});

describe('the comparison', () => {
  const shape = { width: 320, height: 240, format: 'webp' as const };
  const make = async (params: Parameters<typeof resize>[1]) => {
    const { bytes } = await makeSource('harbour');
    return (await resize(bytes, { ...shape, ...params })).first;
  };

  it('takes another encoder or quality for the same picture', async () => {
    const golden = await make({});
    for (const params of [{ quality: 70 }, { format: 'png' }, { format: 'avif' }] as const) {
      const likeness = await comparePictures(golden, await make(params));
      expect([params, looksTheSame(likeness), likeness]).toEqual([params, true, likeness]);
    }
  });

  const mark = { text: '© Ana', size: 0.06, opacity: 0.6 };
  it.each([
    ['a crop a little to the side', { position: { x: 0.53, y: 0.5 } }, {}],
    ['a crop by other means', { position: 'right' as const }, {}],
    ['a mirrored picture', { flip: 'horizontal' as const }, {}],
    ['a wrong colour', { modulate: { hue: 15 } }, {}],
    ['grey', { grayscale: true }, {}],
    ['a darker picture', { modulate: { brightness: 0.9 } }, {}],
    ['a blurred picture', { blur: 2 }, {}],
    ['a missing watermark', {}, { watermark: mark }],
    ['a watermark elsewhere', { watermark: { ...mark, position: 'top-left' as const } }, { watermark: mark }],
    ['square corners', {}, { cornerRadius: 16 }],
    ['another size', { width: 319 }, {}],
    ['a face that is no longer hidden', {}, { hide: [{ left: 0.58, top: 0.65, width: 0.1, height: 0.12 }] }],
  ])('fails on %s', async (_, wrong, right) => {
    const likeness = await comparePictures(await make(wrong), await make(right));
    expect([looksTheSame(likeness), likeness]).toEqual([false, likeness]);
  });

  it('fails on an animation that lost its last frame', async () => {
    const frames = ['red', 'lime', 'blue'].map((background) => ({
      create: { width: 40, height: 30, channels: 3 as const, background },
    }));
    const inputs = await Promise.all(frames.map(({ create }) => sharp({ create }).png().toBuffer()));
    const animate = (count: number) =>
      sharp(inputs.slice(0, count), { join: { animated: true } })
        .gif()
        .toBuffer();
    expect(looksTheSame(await comparePictures(await animate(3), await animate(3)))).toBe(true);
    expect(looksTheSame(await comparePictures(await animate(3), await animate(2)))).toBe(false);
  });
});
