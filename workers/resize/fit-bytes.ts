import sharp, { type Sharp } from 'sharp';
import { InputError } from '../../shared/errors.ts';
import { defaultQuality, encode } from './encode.ts';
import { findQuality, highestQuality, lowestQuality } from './find-quality.ts';
import type { Frozen } from './freeze.ts';
import type { RenditionPlan } from './plan-renditions.ts';
import { scale as scaleSize } from './size.ts';
import { ssim } from './ssim.ts';

/** A file of the wished size or likeness, in memory, and how it came about. */
export interface Encoded {
  readonly bytes: Buffer;
  readonly quality: number;
  /** Likeness to the resized source; only when it was asked for. */
  readonly ssim?: number;
  /** 1, or how much smaller than asked for the picture had to be made to fit `maxBytes`. */
  readonly scale: number;
}

/** Six halvings of 30–95 leave one quality. */
const tries = 6;

/** How often the picture is made smaller before we give up; each round aims at the bytes still to save. */
const maxRounds = 8;

export const isSearched = ({ params }: RenditionPlan): boolean =>
  params.maxBytes !== undefined || params.targetQuality !== undefined;

/** The smallest file that looks like the source as closely as asked, made to fit when it must also be small. */
export async function fitBytes(pixels: Frozen, rendition: RenditionPlan): Promise<Encoded> {
  const { maxBytes, targetQuality } = rendition.params;
  if (rendition.lossless) return fitLossless(pixels, rendition, maxBytes ?? Infinity);
  const alike = targetQuality === undefined ? undefined : await reachLikeness(pixels, rendition, targetQuality);
  if (alike !== undefined && (maxBytes === undefined || alike.bytes.length <= maxBytes)) return alike;
  const fitted = await fitInto(pixels, rendition, maxBytes ?? Infinity);
  return targetQuality === undefined ? fitted : { ...fitted, ssim: await likeness(pixels, rendition, fitted) };
}

/** There is nothing to search: it fits, or gives up being lossless when that was our choice, else its size. */
async function fitLossless(pixels: Frozen, rendition: RenditionPlan, maxBytes: number): Promise<Encoded> {
  const bytes = await (await encode(pixels.start(), rendition)).toBuffer();
  const score = rendition.params.targetQuality === undefined ? {} : { ssim: 1 };
  if (bytes.length <= maxBytes) return { bytes, quality: 100, scale: 1, ...score };
  if (!rendition.params.lossless) return fitBytes(pixels, { ...rendition, lossless: false });
  return { ...(await fitInto(pixels, rendition, maxBytes)), quality: 100 };
}

/** Of what had to be made to fit, at the size it came to. */
async function likeness(pixels: Frozen, rendition: RenditionPlan, { bytes, scale }: Encoded): Promise<number> {
  const size = scaleSize(rendition.geometry.size, scale);
  const reference = await luma(pixels.start().resize({ ...size, fit: 'fill' }));
  return rounded(ssim(reference, await luma(sharp(bytes)), size.width, size.height));
}

const rounded = (score: number) => Math.round(score * 1e4) / 1e4;

async function reachLikeness(pixels: Frozen, rendition: RenditionPlan, target: number): Promise<Encoded> {
  const reference = await luma(pixels.start());
  const found = await findQuality({
    from: lowestQuality,
    to: highestQuality,
    tries,
    prefer: 'lowest',
    async attempt(quality) {
      const bytes = await (await encode(pixels.start(), rendition, quality)).toBuffer();
      const { width, height } = pixels.size;
      const score = ssim(reference, await luma(sharp(bytes, { limitInputPixels: false })), width, height);
      return { result: { bytes, score }, meets: score >= target };
    },
  });
  return {
    bytes: found.result.bytes,
    quality: found.quality,
    ssim: rounded(found.result.score),
    scale: 1,
  };
}

/** Grey, on mid-grey where transparent, so that what shows through counts as little as it is seen. */
const luma = (picture: Sharp) => picture.flatten({ background: '#808080' }).toColourspace('b-w').raw().toBuffer();

/** First by quality; when even the lowest is too large, by size. Bytes grow about as the pixels do, so few rounds are needed. */
async function fitInto(pixels: Frozen, rendition: RenditionPlan, maxBytes: number): Promise<Encoded> {
  const to = rendition.params.quality ?? Math.min(100, defaultQuality[rendition.format] + 10);
  const from = Math.min(lowestQuality, to);
  for (let round = 0, scale = 1; round < maxRounds; round++) {
    const attempt = encodeAt(pixels, rendition, scale, maxBytes);
    const best = await attempt(to);
    if (best.meets) return { bytes: best.result, quality: to, scale };
    const smallest = await attempt(from);
    if (smallest.meets) {
      const found = await findQuality({ from: from + 1, to: to - 1, tries: tries - 2, prefer: 'highest', attempt });
      const { quality, result } = found.meets ? found : { quality: from, result: smallest.result };
      return { bytes: result, quality, scale };
    }
    scale *= Math.min(0.9, 0.97 * Math.sqrt(maxBytes / smallest.result.length));
  }
  throw new InputError(
    `The picture cannot be made to fit into ${maxBytes} bytes as ${rendition.format}, even much smaller. Allow more bytes.`,
  );
}

function encodeAt(pixels: Frozen, rendition: RenditionPlan, scale: number, maxBytes: number) {
  const size = scaleSize(rendition.geometry.size, scale);
  return async (quality: number) => {
    const sized = scale === 1 ? pixels.start() : pixels.start().resize({ ...size, fit: 'fill' });
    const bytes = await (await encode(sized, rendition, quality)).toBuffer();
    return { result: bytes, meets: bytes.length <= maxBytes };
  };
}
