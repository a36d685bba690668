import sharp, { type OverlayOptions } from 'sharp';
import type { Written } from '../../workers/step/run-step.ts';
import { documentedPictures } from './documented-pictures.ts';

/** How large a tile is shown beside its original size, and the space that sets tiles and levels apart. */
const shrink = 5;
const gapPx = 3;
const levelGapPx = 14;

/** Levels smaller than this are one tile each and hard to see. */
const smallestLevel = 9;

interface Tile {
  readonly path: string;
  readonly level: number;
  readonly column: number;
  readonly row: number;
}

/** The levels side by side, the largest first, their tiles a little apart. */
async function drawPyramid(written: readonly Written[]): Promise<Buffer> {
  const tiles = written.flatMap(({ path }): Tile[] => {
    const [, level, column, row] = /_files\/(\d+)\/(\d+)_(\d+)\./.exec(path) ?? [];
    return level === undefined ? [] : [{ path, level: Number(level), column: Number(column), row: Number(row) }];
  });
  const levels = [...new Set(tiles.map(({ level }) => level))].filter((level) => level >= smallestLevel);
  const layers: OverlayOptions[] = [];
  let left = 0;
  let height = 0;
  for (const level of levels.sort((a, b) => b - a)) {
    const placed = await placeTiles(tiles.filter((tile) => tile.level === level));
    layers.push(...placed.map((tile) => ({ input: tile.input, left: left + tile.left, top: tile.top })));
    left += Math.max(...placed.map((tile) => tile.left + tile.width)) + levelGapPx;
    height = Math.max(height, ...placed.map((tile) => tile.top + tile.height));
  }
  const create = { width: left - levelGapPx, height, channels: 4 as const, background: 'transparent' };
  return sharp({ create }).composite(layers).webp({ quality: 80 }).toBuffer();
}

async function placeTiles(tiles: readonly Tile[]) {
  const shown = await Promise.all(
    tiles.map(async ({ path, column, row }) => {
      const { width, height } = await sharp(path).metadata();
      const size = { width: Math.ceil(width / shrink), height: Math.ceil(height / shrink) };
      return {
        input: await sharp(path)
          .resize({ ...size, fit: 'fill' })
          .toBuffer(),
        ...size,
        column,
        row,
      };
    }),
  );
  const step = Math.max(...shown.flatMap(({ width, height }) => [width, height])) + gapPx;
  return shown.map((tile) => ({ ...tile, left: tile.column * step, top: tile.row * step }));
}

export const pictures = documentedPictures('deep-zoom', {
  use: 'harbour',
  views: { 'deep-zoom-pyramid.webp': drawPyramid },
});
