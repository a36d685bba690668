import type { Sharp } from 'sharp';
import { type Frozen, freeze, maxFrozenPixels } from './freeze.ts';
import type { RenditionPlan } from './plan-renditions.ts';
import type { Source } from './prepare-source.ts';
import type { Size } from './size.ts';

/** The prepared picture, to start each rendition from. */
export interface Picture {
  readonly source: Source;
  start(rendition: RenditionPlan): Sharp;
}

/**
 * Several still renditions share one decode, reduced to the largest of them and kept as pixels: 2 to 9 times less CPU than
 * a decode each, and sharp's `clone()` of a file does decode each (reference: images-documents.md). One rendition alone
 * streams from the file. So do those that keep more than sRGB pixels, and those too large to hold.
 */
export async function decodeOnce(source: Source, plan: readonly RenditionPlan[]): Promise<Picture> {
  const sharing = plan.filter(({ frames, rich, geometry }) => frames === 1 && !rich && fits(geometry.scaled));
  const reduced = sharing.length > 1 ? await reduce(source, sharing) : undefined;
  return {
    source,
    start: (rendition) => (reduced !== undefined && sharing.includes(rendition) ? reduced.start() : source.still()),
  };
}

function reduce(source: Source, sharing: readonly RenditionPlan[]): Promise<Frozen> {
  const scales = sharing.flatMap(({ geometry: { scaled } }) => [
    scaled.width / source.size.width,
    scaled.height / source.size.height,
  ]);
  const scale = Math.min(1, Math.max(...scales));
  const width = Math.round(source.size.width * scale);
  const height = Math.round(source.size.height * scale);
  return freeze(source.still().resize({ width, height, fit: 'fill' }));
}

const fits = (size: Size) => size.width * size.height <= maxFrozenPixels;
