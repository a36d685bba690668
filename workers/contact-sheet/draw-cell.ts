import type { OverlayOptions } from 'sharp';
import { InputError } from '../../shared/errors.ts';
import type { InputFile } from '../kind.ts';
import { explainImageError } from '../media/explain-image-error.ts';
import { holdMemory } from '../media/memory-gate.ts';
import { openImage } from '../media/open-image.ts';
import type { Cell } from './lay-out.ts';

/**
 * A picture as its cell shows it, upright, on a clear ground, where it belongs. As pixels: an encoder in between costs time and
 * hides what the decoder says of a damaged file. @throws InputError that names the file at fault.
 */
export async function drawCell(
  input: InputFile,
  { left, top, width, height }: Cell,
  fit: 'contain' | 'cover',
  signal: AbortSignal,
): Promise<OverlayOptions> {
  try {
    const image = await openImage(input, { signal, vectorSidePx: Math.max(width, height) });
    try {
      const drawn = image
        .decode()
        .autoOrient()
        .resize({ width, height, fit, background: 'transparent', withoutEnlargement: false })
        .toColourspace('srgb')
        .ensureAlpha()
        .raw();
      const { data, info } = await holdMemory(image.decodeBytes, signal, () =>
        drawn.toBuffer({ resolveWithObject: true }),
      );
      return { input: data, raw: { width, height, channels: info.channels as 4 }, left, top };
    } catch (error) {
      throw explainImageError(error, image.format);
    }
  } catch (error) {
    throw error instanceof InputError ? new InputError(`“${input.name}”: ${error.publicMessage}`, error) : error;
  }
}
