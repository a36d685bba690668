import type { Sharp } from 'sharp';
import { isOpaque } from '../media/css-colours.ts';
import type { WritableFormat } from '../media/image-formats.ts';
import { withColours } from './colours.ts';
import type { RenditionParams } from './contract.ts';
import type { RenditionPlan } from './plan-renditions.ts';
import { reduceColours } from './reduce-colours.ts';

export const defaultQuality: Readonly<Record<WritableFormat, number>> = {
  jpeg: 80,
  png: 100,
  webp: 80,
  avif: 50,
  gif: 100,
  tiff: 100,
};

/** Adds to a pipeline of pixels what turns them into a file of the rendition's format. */
export async function encode(pixels: Sharp, rendition: RenditionPlan, quality?: number): Promise<Sharp> {
  const { background, params, format } = rendition;
  const flat = isOpaque(background) ? pixels.flatten({ background }) : pixels;
  const wanted = quality ?? params.quality;
  const reduced = format === 'gif' && wanted !== undefined && wanted < 100;
  const few = reduced ? await reduceColours(flat, rendition.frames, wanted) : flat;
  return toFormat(await withColours(few, rendition), rendition, wanted);
}

function toFormat(pipeline: Sharp, rendition: RenditionPlan, wanted: number | undefined): Sharp {
  const { format, lossless, params } = rendition;
  const timing = rendition.timing ?? {};
  const quality = wanted ?? defaultQuality[format];
  switch (format) {
    case 'jpeg':
      if (isHuge(rendition)) return pipeline.jpeg({ quality, optimiseCoding: false });
      return params.progressive === false
        ? pipeline.jpeg({ quality, optimiseCoding: true, trellisQuantisation: true })
        : pipeline.jpeg({ quality, mozjpeg: true });
    case 'png':
      return pipeline.png({ ...palette(quality), progressive: params.progressive ?? false, ...effort(params, 10) });
    case 'webp':
      return pipeline.webp({ quality, lossless, ...effort(params, 6), ...timing });
    case 'avif':
      return pipeline.avif({ quality, lossless, effort: params.effort ?? 2, bitdepth: params.depth === 16 ? 10 : 8 });
    case 'gif':
      return pipeline.gif({ ...effort(params, 10), ...(quality < 100 ? coarse(quality) : {}), ...timing });
    case 'tiff':
      return wanted === undefined
        ? pipeline.tiff({ compression: 'deflate', predictor: 'horizontal' })
        : pipeline.tiff({ compression: 'jpeg', quality });
  }
}

/** Progressive and optimised JPEG hold the whole picture, 9 bytes a pixel; plain JPEG is written line by line. */
const isHuge = ({ geometry: { size } }: RenditionPlan) => size.width * size.height > 64_000_000;

const palette = (quality: number) => (quality < 100 ? { palette: true, quality } : {});

/** The colours are chosen already; frames of an animation may differ the more from what they show. */
const coarse = (quality: number) => ({ dither: 0, interFrameMaxError: Math.min(32, Math.round((100 - quality) / 3)) });

/**
 * Ours runs 0–9; each encoder has its own top (sharp refuses more), and PNG and GIF start at 1. A search encodes many times,
 * so it tries less hard each time: palettes take seconds otherwise.
 */
function effort({ effort: wanted, maxBytes }: RenditionParams, top: number) {
  if (wanted === undefined) return maxBytes === undefined || top < 10 ? {} : { effort: 4 };
  return { effort: Math.max(1, Math.round((wanted / 9) * top)) };
}
