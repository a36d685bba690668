import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { makeTask } from '../../test/support/make-task.ts';
import { difference, photograph } from '../../test/support/try-resize.ts';
import { type DeepZoomParams, deepZoomParams } from './contract.ts';
import { process } from './process.ts';

async function zoom(params: DeepZoomParams, width = 900, height = 600) {
  const bytes = await (await photograph(width, height))
    .withExif({ IFD0: { Artist: 'Ana' } })
    .jpeg()
    .toBuffer();
  const task = await makeTask({
    params: deepZoomParams.parse(params),
    files: [{ bytes, name: 'map.jpg' }],
    name: 'map',
  });
  const [entry, ...others] = await process(task);
  expect(others).toEqual([]);
  return { entry, tiles: task.emitted, bytes, fractions: task.fractions };
}

describe('deep-zoom', () => {
  it('cuts a Deep Zoom pyramid whose tiles join to the picture', async () => {
    const { entry, tiles, bytes, fractions } = await zoom({ tileSize: 256, overlap: 0, quality: 95 });
    expect(entry).toMatchObject({ name: 'map.dzi', facts: { width: 900, height: 600, tileSize: 256 } });
    const xml = await readFile(entry?.path ?? '', 'utf8');
    expect(xml).toMatch(/TileSize="256"/);
    expect([/Width="900"/.test(xml), /Height="600"/.test(xml)]).toEqual([true, true]);
    const largest = tiles.filter(({ name }) => name.startsWith('map_files/10/'));
    expect(largest).toHaveLength(12);
    const layers = largest.map(({ name, path }) => {
      const [, column = 0, row = 0] = (/(\d+)_(\d+)\.jpeg$/.exec(name) ?? []).map(Number);
      return { input: path, left: column * 256, top: row * 256 };
    });
    const joined = await sharp({ create: { width: 900, height: 600, channels: 3, background: 'red' } })
      .composite(layers)
      .png()
      .toBuffer();
    expect(await difference(joined, bytes)).toBeLessThan(2);
    expect(fractions.at(-1)).toBe(1);
  });

  it.each([
    ['google', 'map.json', /^map\/\d+\/\d+\/\d+\.webp$/],
    ['zoomify', 'map/ImageProperties.xml', /^map\/TileGroup0\/\d+-\d+-\d+\.webp$/],
  ] as const)('%s is entered by %s', async (layout, name, tile) => {
    const { entry, tiles } = await zoom({ layout, format: 'webp' });
    expect(entry?.name).toBe(name);
    expect(tiles.length).toBeGreaterThan(4);
    for (const output of tiles)
      expect([output.name, output.mediaType]).toEqual([expect.stringMatching(tile), 'image/webp']);
  });

  it('is entered by info.json for iiif, under the address asked for', async () => {
    const { entry } = await zoom({ layout: 'iiif', id: 'https://example.com/pictures' });
    expect(JSON.parse(await readFile(entry?.path ?? '', 'utf8'))).toMatchObject({
      '@id': expect.stringContaining('https://example.com/pictures'),
      width: 900,
    });
  });

  it('gives away nothing of the camera', async () => {
    const { entry, tiles } = await zoom({});
    for (const { path } of [...tiles, ...(entry ? [entry] : [])]) {
      expect((await readFile(path)).includes('Ana')).toBe(false);
    }
  });
});
