import type { Metadata } from 'sharp';
import { InputError } from '../../shared/errors.ts';
import { isOpaque } from '../media/css-colours.ts';
import { isWritable, type WritableFormat, writable } from '../media/image-formats.ts';
import type { OpenedImage } from '../media/open-image.ts';
import { type PictureLook, pickFormat } from './classify-picture.ts';
import type { RenditionParams, ResizeParams } from './contract.ts';
import type { Kept } from './freeze.ts';
import { keptFor } from './kept.ts';
import { type Geometry, planGeometry } from './plan-geometry.ts';
import type { Source } from './prepare-source.ts';
import { withPreset } from './presets.ts';
import type { Rights } from './read-rights.ts';
import { refuseLostWishes } from './refuse-lost-wishes.ts';
import type { Size } from './size.ts';

/** One output, decided before any pixel is read. */
export interface RenditionPlan {
  /** Output name without its extension. */
  readonly name: string;
  readonly params: RenditionParams;
  readonly format: WritableFormat;
  readonly lossless: boolean;
  readonly geometry: Geometry;
  /** How many frames are written: more than 1 makes it an animation. */
  readonly frames: number;
  readonly background: string;
  /** Profile, metadata, depth or gain map are kept, so it starts from the file and not from shared sRGB pixels. */
  readonly rich: Kept;
  /** P3 is asked for of a picture that may hold more than sRGB. */
  readonly isWide: boolean;
  /** How long each frame stays, in ms, and how often all are shown (0: for ever); null for a still. */
  readonly timing: { readonly delay: number[]; readonly loop: number } | null;
  /** Written into outputs that keep the copyright. */
  readonly rights: Rights;
}

/** More frames than any animation people look at; a bound on work, not on memory. */
const maxFrames = 2000;

/** What sharp takes; a frame that stays longer is meant to stay. */
const maxDelayMs = 65_535;

/** Each rendition takes the step's params unless it says otherwise; without renditions the step is the only one. */
export function listRenditions(
  params: ResizeParams,
  stepName: string,
): readonly (readonly [string, RenditionParams])[] {
  const { renditions, rotate, flip, crop, trim, damaged, page, maxFrames: _, ...shared } = withPreset(params);
  return Object.entries(renditions ?? { [stepName]: {} }).map(([name, own]) => [name, { ...shared, ...own }]);
}

/** What was found out about the source, for all its renditions. */
export interface SourceFacts {
  /** Known when a rendition leaves the format to us. */
  readonly look: PictureLook | undefined;
  readonly rights: Rights;
}

export function planRendition(
  source: Source,
  step: Pick<ResizeParams, 'maxFrames'>,
  { look, rights }: SourceFacts,
  [name, params]: readonly [string, RenditionParams],
): RenditionPlan {
  const { image } = source;
  const available = Math.min(image.frames, step.maxFrames ?? maxFrames);
  const { format, lossless } = formatFor(source, params, look, available);
  const geometry = planGeometry(source.size, params);
  const frames = writable[format].animation ? available : 1;
  const background = params.background ?? (writable[format].alpha ? 'transparent' : 'white');
  const seeThrough = !isOpaque(background) && (source.hasAlpha || opensGround(geometry, params));
  refuseIfTooLarge(geometry.size, frames, format, seeThrough, lossless);
  const ownRights = params.keep?.includes('copyright') ? rights : {};
  refuseLostWishes({ source, params, format, frames, rights: ownRights });
  return {
    name,
    params,
    format,
    lossless,
    geometry,
    frames,
    background,
    rich: frames === 1 && keptFor(params),
    isWide: frames === 1 && params.colorSpace === 'p3' && mayExceedSrgb(image.metadata),
    timing: frames > 1 ? timingOf(image, frames, format) : null,
    rights: ownRights,
  };
}

/** Where a transparent background would show. */
const opensGround = ({ canvas }: Geometry, { cornerRadius }: RenditionParams) =>
  canvas !== null || cornerRadius !== undefined;

function timingOf({ metadata }: OpenedImage, frames: number, format: WritableFormat) {
  const delay = Array.from({ length: frames }, (_, index) => Math.min(metadata.delay?.[index] ?? 100, maxDelayMs));
  return { delay: format === 'gif' ? inCentiseconds(delay) : delay, loop: metadata.loop ?? 0 };
}

/** GIF counts in hundredths of a second: each frame ends at the one nearest to where it should, so the whole stays as long. */
function inCentiseconds(delay: readonly number[]): number[] {
  let end = 0;
  let written = 0;
  return delay.map((ms) => {
    end += ms;
    const rounded = Math.max(0, Math.round((end - written) / 10) * 10);
    written += rounded;
    return rounded;
  });
}

/** sharp takes 16 bits through P3 by itself, and CMYK has its own range. */
const mayExceedSrgb = ({ icc, depth, space }: Metadata) => icc !== undefined && depth === 'uchar' && space === 'srgb';

function formatFor({ image, size }: Source, params: RenditionParams, look: PictureLook | undefined, frames: number) {
  const lossless = params.lossless ?? false;
  if (params.format === 'auto' && look !== undefined) {
    const picked = params.lossless ? { format: 'webp' as const } : pickFormat(look, size, frames);
    return { lossless, ...picked, ...(params.lossless === undefined ? {} : { lossless }) };
  }
  if (params.format !== undefined && params.format !== 'auto') return { format: params.format, lossless };
  const own = isWritable(image.format) ? image.format : image.hasAlpha ? ('png' as const) : ('jpeg' as const);
  return { format: own, lossless };
}

function refuseIfTooLarge(
  size: Size,
  frames: number,
  format: WritableFormat,
  seeThrough: boolean,
  lossless: boolean,
): void {
  const { maxSidePx, maxPixels, maxRichPixels = maxPixels } = writable[format];
  const isLong = Math.max(size.width, size.height) > maxSidePx;
  // The frames of an animation are encoded one after another.
  const isRich = (seeThrough || lossless) && frames === 1;
  const most = isRich ? maxRichPixels : maxPixels;
  if (!isLong && size.width * size.height <= most) return;
  const how = isRich && most < maxPixels ? (lossless ? 'lossless ' : 'transparent ') : '';
  const bound = isLong ? `${maxSidePx} a side` : `${most / 1e6} million in all`;
  throw new InputError(
    `The result would be ${size.width}×${size.height} pixels, but ${how}${format} is written up to ${bound}. ` +
      'Ask for a smaller width or height, or another format.',
  );
}
