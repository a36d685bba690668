import type { Sharp } from 'sharp';
import { InputError } from '../../shared/errors.ts';
import type { OpenedImage } from '../media/open-image.ts';
import type { ResizeParams } from './contract.ts';
import { freeze, type Kept, maxHeldPixels, refuseIfTooManyPixels } from './freeze.ts';
import type { Box, Size } from './size.ts';

/** The picture the renditions are made from: upright, turned, cropped, trimmed and mirrored, in this order. */
export interface Source {
  readonly image: OpenedImage;
  readonly size: Size;
  /** The picture has transparency, or an odd angle opened its corners. */
  readonly hasAlpha: boolean;
  still(): Sharp;
  /** The same for one frame of an animation, given as a still. */
  readonly turnFrame: (frame: Sharp) => Sharp;
  /** Nothing is done to the frames, so libvips can take an animation whole. */
  readonly framesAsStored: boolean;
  /** It starts from pixels held in memory and no longer from the file. */
  readonly isFrozen: boolean;
}

type SourceParams = Pick<ResizeParams, 'rotate' | 'crop' | 'trim' | 'flip'>;

export async function prepareSource(image: OpenedImage, params: SourceParams, rich: Kept): Promise<Source> {
  const degrees = typeof params.rotate === 'number' ? params.rotate : 0;
  const upright = rightAngled(image, params.rotate, degrees);
  const box = cropBox(upright.size, params.crop);
  const prepare = (frame: Sharp) => mirrorTurned(upright.turn(frame), upright.size, degrees, box, params.flip);
  const framesAsStored = degrees % 360 === 0 && box === null && params.flip === undefined;
  if (degrees % 90 === 0 && !params.trim) {
    return {
      image,
      size: box ?? upright.size,
      hasAlpha: image.hasAlpha,
      still: () => prepare(image.decode()),
      turnFrame: prepare,
      framesAsStored,
      isFrozen: false,
    };
  }
  refuseIfTooManyPixels(upright.size, 1, params.trim ? 'trim' : 'rotate by an odd angle', maxHeldPixels(rich));
  const turned = await freeze(tilt(upright.turn(image.decode()), degrees), { rich });
  const cut = cropBox(turned.size, params.crop);
  const cropped = cut === null ? turned : await freeze(turned.start().extract(cut), { rich });
  const trimmed = params.trim && canTrim(cropped.size) ? await trim(cropped.start(), params.trim, rich) : cropped;
  const turnFrame = () => {
    throw new InputError('trim and odd angles work on still pictures. Take one frame with "page", or leave them out.');
  };
  return {
    image,
    size: trimmed.size,
    hasAlpha: image.hasAlpha || degrees % 90 !== 0,
    still: () => mirror(trimmed.start(), params.flip),
    turnFrame,
    framesAsStored: false,
    isFrozen: true,
  };
}

/** Upright as EXIF says, then by whole quarters; sizes swap on each odd one. */
function rightAngled(image: OpenedImage, rotate: SourceParams['rotate'], degrees: number) {
  const stored = { width: image.metadata.width, height: image.metadata.height };
  if (rotate === 'none') return { size: stored, turn: (frame: Sharp) => frame };
  const size = { width: image.width, height: image.height };
  if (degrees % 90 !== 0 || degrees % 360 === 0) return { size, turn: (frame: Sharp) => frame.autoOrient() };
  const onItsSide = degrees % 180 !== 0;
  return {
    size: onItsSide ? { width: size.height, height: size.width } : size,
    turn: (frame: Sharp) => frame.autoOrient().rotate(degrees),
  };
}

/** The corners an odd angle opens are transparent; flattening paints them where the format needs it. */
const tilt = (pipeline: Sharp, degrees: number) =>
  degrees % 90 === 0 ? pipeline : pipeline.rotate(degrees, { background: 'transparent' });

function cropBox(size: Size, crop: SourceParams['crop']): Box | null {
  if (crop === undefined) return null;
  const left = Math.min(size.width - 1, Math.round(crop.left * size.width));
  const top = Math.min(size.height - 1, Math.round(crop.top * size.height));
  return {
    left,
    top,
    width: Math.min(size.width - left, Math.max(1, Math.round(crop.width * size.width))),
    height: Math.min(size.height - top, Math.max(1, Math.round(crop.height * size.height))),
  };
}

function trim(pipeline: Sharp, wish: NonNullable<SourceParams['trim']>, rich: Kept) {
  const { threshold = 10, colour } = typeof wish === 'object' ? wish : {};
  return freeze(pipeline.trim({ threshold, ...(colour === undefined ? {} : { background: colour }) }), { rich });
}

/** libvips looks at the border, so there must be something inside it. */
const canTrim = ({ width, height }: Size) => Math.min(width, height) >= 3;

function mirror(pipeline: Sharp, flip: SourceParams['flip']): Sharp {
  return pipeline.flop(flip === 'horizontal' || flip === 'both').flip(flip === 'vertical' || flip === 'both');
}

/**
 * Cut and mirrored within the pipeline that turns it. sharp mirrors before it turns by explicit degrees, and then also
 * before it cuts; so after a quarter turn the axes swap, and the box is where the mirror puts it.
 */
function mirrorTurned(
  pipeline: Sharp,
  size: Size,
  degrees: number,
  box: Box | null,
  flip: SourceParams['flip'],
): Sharp {
  const across = flip === 'horizontal' || flip === 'both';
  const down = flip === 'vertical' || flip === 'both';
  const onItsSide = degrees % 180 !== 0;
  const mirrored = pipeline.flop(onItsSide ? down : across).flip(onItsSide ? across : down);
  if (box === null) return mirrored;
  if (degrees % 360 === 0) return mirrored.extract(box);
  return mirrored.extract({
    ...box,
    left: across ? size.width - box.left - box.width : box.left,
    top: down ? size.height - box.top - box.height : box.top,
  });
}
