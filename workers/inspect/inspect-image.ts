import type { Metadata } from 'sharp';
import type { MediaFacts } from '../../shared/messages/job.ts';
import type { InputFile } from '../kind.ts';
import { explainImageError } from '../media/explain-image-error.ts';
import { holdMemory } from '../media/memory-gate.ts';
import { type OpenedImage, openImage } from '../media/open-image.ts';
import type { InspectParams } from './contract.ts';
import { hashPicture } from './hash-picture.ts';
import { makePalette } from './make-palette.ts';
import { makePlaceholders } from './make-placeholders.ts';
import { readExif } from './read-exif.ts';
import { takeSample } from './take-sample.ts';

/** Everything but the header comes from one decode, reduced to 100 pixels. */
export async function inspectImage(input: InputFile, params: InspectParams, signal: AbortSignal): Promise<MediaFacts> {
  const image = await openImage(input, { signal, vectorSidePx: 512 });
  try {
    const sample = await holdMemory(image.decodeBytes, signal, () => takeSample(image));
    const palette = makePalette(sample, params.colours ?? 5);
    return {
      ...headerFacts(image),
      opaque: sample.opaque,
      ...(await makePlaceholders(sample)),
      ...(palette[0] === undefined ? {} : { dominantColour: palette[0].colour }),
      palette,
      perceptualHash: await hashPicture(sample),
      ...(params.exif || params.location ? { exif: await readExif(image.metadata, params) } : {}),
    };
  } catch (error) {
    throw explainImageError(error, image.format);
  }
}

function headerFacts({ format, width, height, frames, hasAlpha, metadata }: OpenedImage): MediaFacts {
  const durationMs = frames > 1 ? metadata.delay?.reduce((sum, delay) => sum + delay, 0) : undefined;
  return {
    format,
    width,
    height,
    orientation: metadata.orientation ?? 1,
    pages: metadata.pages ?? 1,
    animated: frames > 1,
    ...(durationMs === undefined ? {} : { durationMs }),
    hasAlpha,
    colourSpace: metadata.space,
    bitsPerSample: bitsOf(metadata),
    hasProfile: metadata.hasProfile,
    hdrGainMap: metadata.gainMap !== undefined,
    ...(metadata.density === undefined ? {} : { density: metadata.density }),
  };
}

const bits: Readonly<Record<string, number>> = {
  uchar: 8,
  char: 8,
  ushort: 16,
  short: 16,
  uint: 32,
  int: 32,
  float: 32,
};

const bitsOf = ({ bitsPerSample, depth }: Metadata): number => bitsPerSample ?? bits[depth] ?? 8;
