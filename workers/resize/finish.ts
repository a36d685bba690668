import type { OverlayOptions } from 'sharp';
import type { InputFile } from '../kind.ts';
import type { RenditionParams } from './contract.ts';
import { type Frozen, freeze, type Kept } from './freeze.ts';
import { hideRegions } from './hide-regions.ts';
import type { Geometry } from './plan-geometry.ts';
import type { Size } from './size.ts';
import { layWatermark } from './watermark.ts';

export const needsFinish = ({ hide, watermark, cornerRadius }: RenditionParams): boolean =>
  hide !== undefined || watermark !== undefined || cornerRadius !== undefined;

/**
 * What is laid over the shaped picture, in one pass: hidden regions, then watermarks, then the corners are cut. A pass for
 * each would hold the picture in memory once more.
 */
export async function finish(
  shaped: Frozen,
  geometry: Geometry,
  params: RenditionParams,
  inputs: readonly InputFile[],
  rich: Kept,
): Promise<Frozen> {
  const patches = await hideRegions(shaped, geometry, params.hide ?? []);
  const marks = await Promise.all(
    [params.watermark ?? []].flat().map((mark) => layWatermark(mark, shaped.size, inputs)),
  );
  const corners = params.cornerRadius === undefined ? [] : [cornerMask(shaped.size, params.cornerRadius)];
  const layers = [...patches, ...marks, ...corners];
  if (layers.length === 0) return shaped;
  const start = rich && rich.bits === 16 ? shaped.start().pipelineColourspace('rgb16') : shaped.start();
  const base = corners.length === 0 ? start : start.ensureAlpha();
  return freeze(base.composite(layers), { rich });
}

/** Keeps what lies under it. */
function cornerMask({ width, height }: Size, radius: number | 'circle'): OverlayOptions {
  const [rx, ry] = radius === 'circle' ? [width / 2, height / 2] : [radius, radius];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" rx="${rx}" ry="${ry}"/></svg>`;
  return { input: Buffer.from(svg), blend: 'dest-in' };
}
