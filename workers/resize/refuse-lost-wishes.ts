import { InputError } from '../../shared/errors.ts';
import type { WritableFormat } from '../media/image-formats.ts';
import type { RenditionParams } from './contract.ts';
import { needsFinish } from './finish.ts';
import type { Source } from './prepare-source.ts';
import type { Rights } from './read-rights.ts';

interface Wish {
  readonly source: Source;
  readonly params: RenditionParams;
  readonly format: WritableFormat;
  readonly frames: number;
  /** What there is to be kept. */
  readonly rights: Rights;
}

/** What a rendition asks for and its format cannot hold would be forgotten without a word: it is refused. */
export function refuseLostWishes(wish: Wish): void {
  const { params, format } = wish;
  if (params.depth === 16) refuseUnless(['png', 'tiff', 'avif'], format, '"depth": 16');
  if (params.lossless) refuseUnless(['webp', 'avif', 'png', 'tiff'], format, '"lossless"');
  if (params.hdr === 'keep') refuseIfGainMapIsLost(wish);
  refuseLostMetadata(wish);
  if (wish.frames > 1) refuseLostByFrames(wish);
}

function refuseLostMetadata({ source, params, format, rights }: Wish): void {
  const { icc, exif } = source.image.metadata;
  const { keep = [], colorSpace, hide = [] } = params;
  const keepsExif = keep.includes('exif') && exif !== undefined;
  if (colorSpace === 'p3') refuseIf(['gif'], format, '"colorSpace": "p3"');
  if (keep.includes('icc') && icc !== undefined) refuseIf(['gif'], format, '"keep": ["icc"]');
  if (keepsExif) refuseIf(['gif', 'tiff'], format, '"keep": ["exif"]');
  if (Object.keys(rights).length > 0) refuseIf(['gif'], format, '"keep": ["copyright"]');
  if (keepsExif && hide.length > 0) {
    throw new InputError(
      '"hide" does not go with "keep": ["exif"]: EXIF may hold a small copy of the whole picture. Keep "copyright" instead.',
    );
  }
}

/** sharp carries the map along in one pipeline from the file, and loses it in any other. */
function refuseIfGainMapIsLost({ source, params, format, rights }: Wish): void {
  refuseUnless(['jpeg'], format, '"hdr": "keep"');
  const { maxBytes, targetQuality, colorSpace } = params;
  const isSearched = maxBytes !== undefined || targetQuality !== undefined;
  const isRebuilt = needsFinish(params) || colorSpace === 'p3' || Object.keys(rights).length > 0;
  if (!isSearched && !isRebuilt && !source.isFrozen) return;
  throw new InputError('"hdr": "keep" goes with size, crop and quality only. Leave the other wishes out, or flatten.');
}

/** Frames that are taken one by one, or several times, come without what stood beside them. */
function refuseLostByFrames({ source, params }: Wish): void {
  const { icc, exif } = source.image.metadata;
  const { keep = [], maxBytes } = params;
  const lost = (keep.includes('exif') && exif !== undefined) || (keep.includes('icc') && icc !== undefined);
  if (!lost || !(needsFinish(params) || maxBytes !== undefined)) return;
  throw new InputError(
    'On an animation "keep": ["exif"] and ["icc"] do not go with maxBytes, hide, watermark or cornerRadius. Leave one of them out.',
  );
}

function refuseUnless(formats: readonly WritableFormat[], format: WritableFormat, what: string): void {
  if (formats.includes(format)) return;
  throw new InputError(`${what} needs the format ${listed(formats)}; this is ${format}.`);
}

function refuseIf(formats: readonly WritableFormat[], format: WritableFormat, what: string): void {
  if (!formats.includes(format)) return;
  throw new InputError(`${what} cannot be held by ${format}. Leave it out, or ask for another format.`);
}

const listed = (names: readonly string[]) => names.join(', ').replace(/, ([^,]*)$/, ' or $1');
