import { InputError } from '../../shared/errors.ts';
import { isWritable, type WritableFormat, writable } from '../media/image-formats.ts';
import type { OpenedImage } from '../media/open-image.ts';
import type { RenditionParams, ResizeParams } from './contract.ts';
import { type Geometry, planGeometry, type Size } from './plan-geometry.ts';
import { turnedSize } from './turn.ts';

/** One output, decided before any pixel is read. */
export interface RenditionPlan {
  /** Output name without its extension. */
  readonly name: string;
  readonly params: RenditionParams;
  readonly format: WritableFormat;
  readonly geometry: Geometry;
  /** All frames are kept. */
  readonly animated: boolean;
}

/** Each rendition takes the step's params unless it says otherwise; without renditions the step is the only one. */
export function planRenditions(image: OpenedImage, params: ResizeParams, stepName: string): readonly RenditionPlan[] {
  const { renditions, rotate, damaged: _, ...shared } = params;
  const source = turnedSize(image, rotate);
  return Object.entries(renditions ?? { [stepName]: {} }).map(([name, own]) =>
    planRendition(image, source, name, { ...shared, ...own }),
  );
}

function planRendition(image: OpenedImage, source: Size, name: string, params: RenditionParams): RenditionPlan {
  const format = params.format ?? (isWritable(image.format) ? image.format : image.hasAlpha ? 'png' : 'jpeg');
  const geometry = planGeometry(source, params);
  refuseIfTooLong(geometry.size, format);
  return { name, params, format, geometry, animated: image.frames > 1 && writable[format].animation };
}

function refuseIfTooLong(size: Size, format: WritableFormat): void {
  const { maxSidePx } = writable[format];
  if (Math.max(size.width, size.height) <= maxSidePx) return;
  throw new InputError(
    `The result would be ${size.width}×${size.height} pixels, but ${format} holds at most ${maxSidePx} a side. ` +
      'Ask for a smaller width or height, or another format.',
  );
}
