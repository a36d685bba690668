import type { Sharp } from 'sharp';
import type { RenditionParams } from './contract.ts';
import type { Geometry } from './plan-geometry.ts';

/** Scales, cuts and lays on the canvas. */
export function shape(pipeline: Sharp, geometry: Geometry, background: string): Sharp {
  const { scaled, crop, smart, canvas, size } = geometry;
  const cut =
    crop === null
      ? pipeline.resize({ ...scaled, fit: 'fill' })
      : smart !== null
        ? pipeline.resize({ width: crop.width, height: crop.height, fit: 'cover', position: smart })
        : pipeline.resize({ ...scaled, fit: 'fill' }).extract(crop);
  if (canvas === null) return cut;
  const inner = crop ?? scaled;
  const right = size.width - inner.width - canvas.left;
  const bottom = size.height - inner.height - canvas.top;
  return cut.extend({ left: canvas.left, top: canvas.top, right, bottom, background });
}

/** What libvips does to every pixel by itself; its own order is the order of the params. */
export function tone(pipeline: Sharp, params: RenditionParams): Sharp {
  let toned = pipeline;
  if (params.normalise) toned = toned.normalise();
  if (params.grayscale) toned = toned.grayscale();
  if (params.tint !== undefined) toned = toned.tint(params.tint);
  if (params.modulate !== undefined) toned = toned.modulate(withoutUndefined(params.modulate));
  if (params.blur !== undefined) toned = toned.blur(params.blur);
  if (params.sharpen === true) toned = toned.sharpen();
  if (typeof params.sharpen === 'number') toned = toned.sharpen({ sigma: params.sharpen });
  return toned;
}

/** Whether `tone` looks at a pixel's neighbours, so that frames below each other would run into one another. */
export const mixesNeighbours = ({ blur, sharpen, normalise }: RenditionParams) =>
  blur !== undefined || sharpen !== undefined || normalise === true;

type Modulate = NonNullable<RenditionParams['modulate']>;

const withoutUndefined = ({ brightness, saturation, hue }: Modulate) => ({
  ...(brightness === undefined ? {} : { brightness }),
  ...(saturation === undefined ? {} : { saturation }),
  ...(hue === undefined ? {} : { hue }),
});
