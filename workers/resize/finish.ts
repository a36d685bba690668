import type { OverlayOptions } from 'sharp';
import type { InputFile } from '../kind.ts';
import type { RenditionParams } from './contract.ts';
import { type Frozen, freeze } from './freeze.ts';
import { hideRegions } from './hide-regions.ts';
import type { Geometry } from './plan-geometry.ts';
import type { Size } from './size.ts';
import { layWatermark } from './watermark.ts';

export const needsFinish = ({ hide, watermark, cornerRadius }: RenditionParams): boolean =>
  hide !== undefined || watermark !== undefined || cornerRadius !== undefined;

/** What is laid over the shaped picture: hidden regions, then watermarks, then the corners are cut. */
export async function finish(
  shaped: Frozen,
  geometry: Geometry,
  params: RenditionParams,
  inputs: readonly InputFile[],
  rich: boolean,
): Promise<Frozen> {
  const hidden = await overlay(shaped, await hideRegions(shaped, geometry, params.hide ?? []), rich);
  const watermarks = [params.watermark ?? []].flat();
  const marks = await Promise.all(watermarks.map((mark) => layWatermark(mark, shaped.size, inputs)));
  const marked = await overlay(hidden, marks, rich);
  return params.cornerRadius === undefined ? marked : cutCorners(marked, params.cornerRadius, rich);
}

async function overlay(base: Frozen, layers: readonly OverlayOptions[], rich: boolean): Promise<Frozen> {
  return layers.length === 0 ? base : freeze(base.start().composite([...layers]), { rich });
}

function cutCorners(base: Frozen, radius: number | 'circle', rich: boolean): Promise<Frozen> {
  const mask = Buffer.from(maskSvg(base.size, radius));
  return freeze(
    base
      .start()
      .ensureAlpha()
      .composite([{ input: mask, blend: 'dest-in' }]),
    { rich },
  );
}

function maskSvg({ width, height }: Size, radius: number | 'circle'): string {
  const [rx, ry] = radius === 'circle' ? [width / 2, height / 2] : [radius, radius];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" rx="${rx}" ry="${ry}"/></svg>`;
}
