import { InputError } from '../../shared/errors.ts';
import type { InputFile } from '../kind.ts';
import { explainImageError } from '../media/explain-image-error.ts';
import { openImage } from '../media/open-image.ts';
import type { Cell } from './lay-out.ts';

/** A picture as its cell shows it, upright, on a clear ground. @throws InputError that names the file at fault. */
export async function drawCell(
  input: InputFile,
  { width, height }: Cell,
  fit: 'contain' | 'cover',
  signal: AbortSignal,
): Promise<Buffer> {
  try {
    const image = await openImage(input, { signal, vectorSidePx: Math.max(width, height) });
    try {
      return await image
        .decode()
        .autoOrient()
        .resize({ width, height, fit, background: 'transparent', withoutEnlargement: false })
        .png({ compressionLevel: 1 })
        .toBuffer();
    } catch (error) {
      throw explainImageError(error, image.format);
    }
  } catch (error) {
    throw error instanceof InputError ? new InputError(`“${input.name}”: ${error.publicMessage}`, error) : error;
  }
}
