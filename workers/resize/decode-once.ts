import sharp, { type Raw, type Sharp } from 'sharp';
import type { OpenedImage } from '../media/open-image.ts';
import type { ResizeParams } from './contract.ts';
import type { Size } from './plan-geometry.ts';
import type { RenditionPlan } from './plan-renditions.ts';
import { turn, turnedSize } from './turn.ts';

/** Raw pixels kept in memory for the renditions of one step: 64 million with alpha. Larger renditions decode again. */
const maxReducedBytes = 256 * 1024 ** 2;

/** The upright picture, to start each rendition from. */
export interface Picture {
  readonly image: OpenedImage;
  start(rendition: RenditionPlan): Sharp;
}

/**
 * Several still renditions share one decode, reduced to the largest of them and kept as raw pixels: 2 to 9 times less
 * CPU than a decode each, and sharp's `clone()` of a file does decode each (reference: images-documents.md). One
 * rendition alone streams from the file. So do animated ones: a GIF decodes for next to nothing, and its own palette
 * serves its renditions.
 */
export async function decodeOnce(
  image: OpenedImage,
  params: ResizeParams,
  plan: readonly RenditionPlan[],
): Promise<Picture> {
  const upright = (pipeline: Sharp) => turn(pipeline, params.rotate);
  const source = turnedSize(image, params.rotate);
  const sharing = plan.filter((rendition) => !rendition.animated && fits(rendition.geometry.scaled));
  const reduced = sharing.length > 1 ? await reduce(upright(image.decode()), source, sharing) : undefined;
  return {
    image,
    start(rendition) {
      if (rendition.animated) return image.decodeFrames();
      if (reduced === undefined || !sharing.includes(rendition)) return upright(image.decode());
      return sharp(reduced.data, { raw: reduced.raw, limitInputPixels: false });
    },
  };
}

async function reduce(pipeline: Sharp, source: Size, sharing: readonly RenditionPlan[]) {
  const scales = sharing.flatMap(({ geometry: { scaled } }) => [
    scaled.width / source.width,
    scaled.height / source.height,
  ]);
  const scale = Math.min(1, Math.max(...scales));
  const size = { width: Math.round(source.width * scale), height: Math.round(source.height * scale) };
  const { data, info } = await pipeline
    .resize({ ...size, fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raw: Raw = { width: info.width, height: info.height, channels: info.channels };
  return { data, raw };
}

const fits = (size: Size) => size.width * size.height * 4 <= maxReducedBytes;
