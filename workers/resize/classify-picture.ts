import type { Sharp } from 'sharp';
import type { WritableFormat } from '../media/image-formats.ts';
import type { Size } from './size.ts';

/** What `format: "auto"` goes by. */
export type PictureLook = 'photo' | 'graphics';

/** Side of the sample, in pixels: enough to tell, and small enough to count in a millisecond. */
const samplePx = 192;

/** AVIF costs 2 to 4 times WebP's processor time; beyond this the wait outweighs the bytes. */
const maxAvifPixels = 4_000_000;

/** A drawing has few colours and large flat areas, a photograph many and few. The sample is cut, not shrunk: shrinking blurs. */
export async function classifyPicture(picture: Sharp, size: Size): Promise<PictureLook> {
  const width = Math.min(samplePx * 2, size.width);
  const height = Math.min(samplePx * 2, size.height);
  const { data, info } = await picture
    .resize({ width, height, fit: 'inside', kernel: 'nearest', withoutEnlargement: true, fastShrinkOnLoad: false })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const colours = new Set<number>();
  let flat = 0;
  let previous = -1;
  const pixels = info.width * info.height;
  for (let at = 0; at + 2 < data.length; at += info.channels) {
    const colour = ((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0);
    if (colour === previous) flat += 1;
    previous = colour;
    colours.add(colour);
  }
  return colours.size < pixels / 16 && flat > pixels / 3 ? 'graphics' : 'photo';
}

export function pickFormat(
  look: PictureLook,
  size: Size,
  frames: number,
): { format: WritableFormat; lossless: boolean } {
  if (frames > 1) return { format: 'webp', lossless: false };
  if (look === 'graphics') return { format: 'webp', lossless: true };
  return { format: size.width * size.height <= maxAvifPixels ? 'avif' : 'webp', lossless: false };
}
