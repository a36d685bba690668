import sharp, { type Sharp } from 'sharp';
import type { OpenedImage } from '../media/open-image.ts';

/** A small upright copy in sRGB with alpha, four bytes a pixel; everything else is computed from it. */
export interface Sample {
  readonly width: number;
  readonly height: number;
  readonly rgba: Buffer;
  readonly opaque: boolean;
  /** A pipeline over the sample. */
  start(): Sharp;
}

/** ThumbHash takes at most this. */
const samplePx = 100;

export async function takeSample(image: OpenedImage): Promise<Sample> {
  const { data, info } = await image
    .decode()
    .autoOrient()
    .resize({ width: samplePx, height: samplePx, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return {
    width,
    height,
    rgba: data,
    opaque: !image.hasAlpha || isOpaque(data),
    start: () => sharp(data, { raw: { width, height, channels: 4 } }),
  };
}

function isOpaque(rgba: Buffer): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 255) return false;
  return true;
}
