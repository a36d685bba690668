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
  expect(await process(task)).toEqual([]);
  const [entry, ...tiles] = task.emitted;
  return { entry, tiles, bytes, fractions: task.fractions };
}

describe('deep-zoom', () => {
  it.each([
    ['pixels', 'width="210" height="297"'],
    ['millimetres', 'width="210mm" height="297mm"'],
    ['nothing but a box', ''],
  ])('draws an SVG measured in %s 4096 pixels high', async (_, size) => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 297" ${size}><circle cx="99" cy="99" r="50"/></svg>`;
    const files = [{ bytes: Buffer.from(svg), name: 'page.svg' }];
    const task = await makeTask<DeepZoomParams>({ params: { format: 'png' }, files, name: 'map' });
    await process(task);
    const { width, height } = task.emitted[0]?.facts ?? {};
    expect([Math.abs(Number(height) - 4096) < 40, Math.abs(Number(width) - 2896) < 30]).toEqual([true, true]);
  });

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
