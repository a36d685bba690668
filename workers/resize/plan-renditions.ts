import { InputError } from '../../shared/errors.ts';
import { isOpaque } from '../media/css-colours.ts';
import { isWritable, type WritableFormat, writable } from '../media/image-formats.ts';
import type { OpenedImage } from '../media/open-image.ts';
import { type PictureLook, pickFormat } from './classify-picture.ts';
import type { RenditionParams, ResizeParams } from './contract.ts';
import { needsFinish } from './finish.ts';
import { type Geometry, planGeometry } from './plan-geometry.ts';
import type { Source } from './prepare-source.ts';
import { withPreset } from './presets.ts';
import type { Rights } from './read-rights.ts';
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
  readonly rich: boolean;
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

export function isRich({ keep = [], colorSpace, depth, hdr }: RenditionParams): boolean {
  return keep.includes('icc') || keep.includes('exif') || colorSpace === 'p3' || depth === 16 || hdr === 'keep';
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
  if (params.hdr === 'keep') refuseIfGainMapIsLost(source, params, format);
  const geometry = planGeometry(source.size, params);
  const frames = writable[format].animation ? available : 1;
  const background = params.background ?? (writable[format].alpha ? 'transparent' : 'white');
  const seeThrough = !isOpaque(background) && (source.hasAlpha || opensGround(geometry, params));
  refuseIfTooLarge(geometry.size, frames, format, seeThrough, lossless);
  return {
    name,
    params,
    format,
    lossless,
    geometry,
    frames,
    background,
    rich: isRich(params),
    timing: frames > 1 ? timingOf(image, frames) : null,
    rights: params.keep?.includes('copyright') ? rights : {},
  };
}

/** Where a transparent background would show. */
const opensGround = ({ canvas }: Geometry, { cornerRadius }: RenditionParams) =>
  canvas !== null || cornerRadius !== undefined;

function timingOf({ metadata }: OpenedImage, frames: number) {
  const delay = Array.from({ length: frames }, (_, index) => Math.min(metadata.delay?.[index] ?? 100, maxDelayMs));
  return { delay, loop: metadata.loop ?? 0 };
}

function formatFor({ image, size }: Source, params: RenditionParams, look: PictureLook | undefined, frames: number) {
  const lossless = params.lossless ?? false;
  if (params.format === 'auto' && look !== undefined) return pickFormat(look, size, frames);
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

/** sharp carries the map along in one pipeline from the file, and loses it without a word in any other. */
function refuseIfGainMapIsLost(source: Source, params: RenditionParams, format: WritableFormat): void {
  if (format !== 'jpeg') throw new InputError(`"hdr": "keep" needs the format jpeg; this is ${format}.`);
  const { maxBytes, targetQuality } = params;
  if (!needsFinish(params) && maxBytes === undefined && targetQuality === undefined && !source.isFrozen) return;
  throw new InputError('"hdr": "keep" goes with size, crop and quality only. Leave the other wishes out, or flatten.');
}
