import { isWritable, type WritableFormat } from '../media/image-formats.ts';
import type { OpenedImage } from '../media/open-image.ts';
import type { RenditionParams, ResizeParams } from './contract.ts';
import { needsFinish } from './finish.ts';
import { planGeometry } from './plan-geometry.ts';
import type { Size } from './size.ts';

/** Bytes a pixel of the result while it is encoded, without and with transparency or lossless (media/image-formats.ts). */
const encodeBytes: Readonly<Record<WritableFormat | 'auto', readonly [plain: number, rich: number]>> = {
  jpeg: [9, 9],
  png: [3, 4],
  webp: [7, 32],
  avif: [34, 50],
  gif: [17, 17],
  tiff: [3, 4],
  auto: [32, 50],
};

/** The largest JPEGs are written line by line (encode.ts). */
const maxHeldJpegPixels = 64_000_000;

/** Samples of four channels, held once and taken over once more. */
const frozenBytes = 8;

/** A search holds the picture, its grey copy and those of each try. */
const searchBytes = 27;

/** libvips' lines, buffers of the decoder, and what Node needs for a step of any size. */
const baseBytes = 40e6;

/**
 * What a step will take at most, in bytes, from the header and what is asked for; nothing is decoded. Checked against what
 * the largest steps took in test/integration/image-memory.test.ts.
 */
export function estimateMemory(
  image: OpenedImage,
  params: ResizeParams,
  wishes: readonly (readonly [string, RenditionParams])[],
): number {
  const size = preparedSize(image, params);
  const opensCorners = typeof params.rotate === 'number' && params.rotate % 90 !== 0;
  const renditions = wishes.map(([, wish]) => renditionBytes(image, size, params, wish, opensCorners));
  const shared =
    wishes.length > 1 ? Math.max(...wishes.map(([, wish]) => area(planGeometry(size, wish).scaled))) * 4 : 0;
  const held = params.trim || opensCorners ? image.width * image.height * frozenBytes : 0;
  return Math.round(baseBytes + image.decodeBytes + Math.max(held, shared) + Math.max(...renditions));
}

function renditionBytes(
  image: OpenedImage,
  size: Size,
  params: ResizeParams,
  wish: RenditionParams,
  opensCorners: boolean,
): number {
  const geometry = planGeometry(size, wish);
  const pixels = area(geometry.size);
  const format = wish.format ?? (isWritable(image.format) ? image.format : 'png');
  const frames =
    format === 'gif' || format === 'webp' || format === 'auto' ? Math.min(image.frames, params.maxFrames ?? 2000) : 1;
  const isRich =
    opensCorners || image.hasAlpha || wish.lossless || wish.cornerRadius !== undefined || geometry.canvas !== null;
  const [plain, rich] = encodeBytes[format];
  const encode = format === 'jpeg' && pixels > maxHeldJpegPixels ? 1 : isRich ? rich : plain;
  const depth = wish.depth === 16 ? 2 : 1;
  const isSearched = wish.maxBytes !== undefined || wish.targetQuality !== undefined;
  const held = needsFinish(wish) || isSearched || wish.colorSpace === 'p3' ? frozenBytes * depth * frames : 0;
  const strip = frames > 1 && held > 0 ? image.metadata.width * image.metadata.height * frames * 4 : 0;
  return strip + pixels * (encode + held + (wish.targetQuality === undefined ? 0 : searchBytes));
}

/** Upright, turned and cut; a border that will be trimmed counts. */
function preparedSize({ width, height }: OpenedImage, { rotate, crop }: ResizeParams): Size {
  const onItsSide = typeof rotate === 'number' && Math.round(rotate / 90) % 2 !== 0;
  const turned = onItsSide ? { width: height, height: width } : { width, height };
  if (crop === undefined) return turned;
  return {
    width: Math.max(1, Math.round(turned.width * crop.width)),
    height: Math.max(1, Math.round(turned.height * crop.height)),
  };
}

const area = ({ width, height }: Size) => width * height;
