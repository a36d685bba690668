import type { Sharp } from 'sharp';
import type { OpenedImage } from '../media/open-image.ts';
import type { ResizeParams } from './contract.ts';
import type { Size } from './plan-geometry.ts';

/** The picture's size once turned. */
export function turnedSize(image: OpenedImage, rotate: ResizeParams['rotate']): Size {
  if (rotate === 'none') return { width: image.metadata.width, height: image.metadata.height };
  const onItsSide = rotate === 90 || rotate === 270;
  return onItsSide ? { width: image.height, height: image.width } : { width: image.width, height: image.height };
}

/** Upright as EXIF says, then further by the degrees asked for. */
export function turn(pipeline: Sharp, rotate: ResizeParams['rotate']): Sharp {
  if (rotate === 'none') return pipeline;
  const upright = pipeline.autoOrient();
  return rotate === undefined || rotate === 'auto' ? upright : upright.rotate(rotate);
}
