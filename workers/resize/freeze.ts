import sharp, { type Sharp } from 'sharp';
import { InputError } from '../../shared/errors.ts';
import type { Size } from './size.ts';

/** Pixels held in memory between two passes; with alpha these are 256 MB. */
export const maxFrozenPixels = 64 * 1024 ** 2;

/** A search by likeness holds the picture, its grey copy and those of each try: 27 bytes a pixel. */
export const maxComparedPixels = 36_000_000;

/** The result of a pipeline, from which others start without decoding again. */
export interface Frozen {
  /** Of all frames below each other, when there are several. */
  readonly size: Size;
  /** Where a crop by attention or entropy was cut, in pixels of the scaled picture. */
  readonly cutAt: { readonly left: number; readonly top: number } | null;
  start(): Sharp;
  /** The pixels themselves; only of a frozen sRGB picture. */
  readonly pixels: { readonly data: Buffer; readonly channels: 1 | 2 | 3 | 4 } | null;
}

/** What stays beside the pixels: nothing, which makes them sRGB of eight bits, or their own profile and more. */
export type Kept = false | { readonly bits: 8 | 16; readonly exif: boolean };

/** Sixteen bits take twice the memory. */
export const maxHeldPixels = (kept: Kept): number => (kept && kept.bits === 16 ? maxFrozenPixels / 2 : maxFrozenPixels);

interface FreezeOptions {
  /** An uncompressed PNG instead of pixels, at twice the time. */
  readonly rich?: Kept;
  /**
   * What the pipeline makes, where it is known: sharp 0.35 tells the size before `extend` when `extract` came before it,
   * though the pixels are right.
   */
  readonly size?: Size;
  /** How many frames lie below each other in `size` (default 1). */
  readonly frames?: number;
}

/** sRGB pixels, eight bits a sample, unless `rich`; one picture only, when it is. */
export async function freeze(pipeline: Sharp, options: FreezeOptions = {}): Promise<Frozen> {
  const { rich = false, frames = 1 } = options;
  const frozen = rich ? keepAll(pipeline, rich) : pipeline.raw();
  const { data, info } = await frozen.toBuffer({ resolveWithObject: true });
  const { channels, cropOffsetLeft, cropOffsetTop } = info;
  const { width, height } = options.size ?? info;
  const raw = { width, height, channels, ...(frames === 1 ? {} : { pageHeight: height / frames }) };
  // libvips says how far it moved the picture, so a cut further right is more negative.
  const cutAt =
    cropOffsetLeft === undefined || cropOffsetTop === undefined ? null : { left: -cropOffsetLeft, top: -cropOffsetTop };
  return {
    size: { width, height },
    cutAt,
    pixels: rich ? null : { data, channels: channels as 1 | 2 | 3 | 4 },
    start: () => sharp(data, { ...(rich ? {} : { raw, animated: frames > 1 }), limitInputPixels: false }),
  };
}

/** PNG, because libvips writes no EXIF into a TIFF. */
function keepAll(pipeline: Sharp, { bits, exif }: Exclude<Kept, false>): Sharp {
  const deep = (bits === 16 ? pipeline.toColourspace('rgb16') : pipeline).keepIccProfile();
  return (exif ? deep.keepExif() : deep).png({ compressionLevel: 0 });
}

/** @throws InputError before memory is taken. */
export function refuseIfTooManyPixels(size: Size, frames: number, what: string, maxPixels = maxFrozenPixels): void {
  if (size.width * size.height * frames <= maxPixels) return;
  const millions = Math.round((size.width * size.height * frames) / 1e6);
  throw new InputError(
    `${what} works on up to ${Math.round(maxPixels / 1e6)} million pixels; this picture has ${millions} million` +
      `${frames > 1 ? ' in all frames' : ''}. Make it smaller first.`,
  );
}
