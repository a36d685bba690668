import { readdir, writeFile } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import type { Sharp, TileLayout } from 'sharp';
import { InputError } from '../../shared/errors.ts';
import type { Output, Process } from '../kind.ts';
import { explainImageError } from '../media/explain-image-error.ts';
import { holdMemory } from '../media/memory-gate.ts';
import { type OpenedImage, openImage } from '../media/open-image.ts';
import type { DeepZoomParams } from './contract.ts';

/** Each tile is an object in the store; 20 000 of 512 pixels are more than a 268 million pixel picture has. */
const maxTiles = 20_000;

const layouts: Readonly<Record<NonNullable<DeepZoomParams['layout']>, TileLayout>> = {
  dzi: 'dz',
  zoomify: 'zoomify',
  google: 'google',
  iiif: 'iiif',
};

const mediaTypes: Readonly<Record<string, string>> = {
  '.dzi': 'application/xml',
  '.xml': 'application/xml',
  '.json': 'application/json',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

/** libvips cuts all levels in one pass over the picture; the file a viewer is given is the first output. */
export const process: Process<DeepZoomParams> = async ({ params, inputs, scratch, name, signal, progress, emit }) => {
  const [input] = inputs;
  if (input === undefined) throw new Error('deep-zoom needs an input');
  const image = await openImage(input, { signal, vectorSidePx: 4096 });
  const tileSize = params.tileSize ?? (params.layout === 'google' ? 256 : 512);
  refuseIfTooManyTiles(image, tileSize);
  try {
    await holdMemory(image.decodeBytes, signal, () => cut(image, params, tileSize, join(scratch, name)));
  } catch (error) {
    throw explainImageError(error, image.format);
  }
  progress(0.5);
  const entry = await findEntry(image, params, tileSize, scratch, name);
  const tiles = (await listFiles(scratch)).filter((path) => path !== entry && isTile(path));
  const facts = { width: image.width, height: image.height, tileSize, tiles: tiles.length };
  await emit({ ...outputOf(scratch, entry), facts });
  for (const [index, path] of tiles.entries()) {
    signal.throwIfAborted();
    await emit(outputOf(scratch, path));
    progress(0.5 + (0.5 * (index + 1)) / tiles.length);
  }
  return [];
};

/** The file a viewer is given. The google layout has none, so we write what a viewer must be told. */
async function findEntry(
  { width, height }: OpenedImage,
  { layout = 'dzi', format = 'jpeg' }: DeepZoomParams,
  tileSize: number,
  scratch: string,
  name: string,
): Promise<string> {
  if (layout === 'dzi') return join(scratch, `${name}.dzi`);
  if (layout === 'zoomify') return join(scratch, name, 'ImageProperties.xml');
  if (layout === 'iiif') return join(scratch, name, 'info.json');
  const path = join(scratch, `${name}.json`);
  const tiles = `${name}/{z}/{y}/{x}.${format === 'jpeg' ? 'jpg' : format}`;
  await writeFile(path, `${JSON.stringify({ width, height, tileSize, tiles }, null, 2)}\n`);
  return path;
}

function cut(image: OpenedImage, params: DeepZoomParams, size: number, path: string): Promise<unknown> {
  const layout = params.layout ?? 'dzi';
  const upright = image.decode().autoOrient().flatten({ background: 'white' });
  const overlap = layout === 'dzi' ? (params.overlap ?? 1) : 0;
  return inFormat(upright, params)
    .tile({
      layout: layouts[layout],
      size,
      overlap,
      container: 'fs',
      skipBlanks: -1,
      ...(params.id === undefined ? {} : { id: params.id }),
    })
    .toFile(path);
}

function inFormat(pipeline: Sharp, { format, layout, quality = 82 }: DeepZoomParams): Sharp {
  if (layout === 'iiif') return pipeline.jpeg({ quality });
  return pipeline.toFormat(format ?? 'jpeg', format === 'png' ? {} : { quality });
}

function refuseIfTooManyTiles({ width, height }: OpenedImage, size: number): void {
  // The levels below hold a third of the tiles of the largest one.
  const tiles = Math.round((Math.ceil(width / size) * Math.ceil(height / size) * 4) / 3);
  if (tiles <= maxTiles) return;
  throw new InputError(
    `The picture would be cut into about ${tiles} tiles; up to ${maxTiles} are made. Ask for a larger tileSize.`,
  );
}

async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/**
 * libvips also writes what it read of the source, place and camera included, and a blank tile that no layout of ours points
 * to: both stay here.
 */
const isTile = (path: string) => /^image\//.test(mediaTypes[extname(path)] ?? '') && basename(path) !== 'blank.png';

const outputOf = (scratch: string, path: string): Output => ({
  name: relative(scratch, path).split(sep).join('/'),
  path,
  mediaType: mediaTypes[extname(path)] ?? 'application/octet-stream',
});
