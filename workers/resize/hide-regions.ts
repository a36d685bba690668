import sharp, { type OverlayOptions } from 'sharp';
import type { RenditionParams } from './contract.ts';
import type { Frozen } from './freeze.ts';
import type { Geometry } from './plan-geometry.ts';
import type { Box, Size } from './size.ts';

type Region = NonNullable<RenditionParams['hide']>[number];

/** How many blocks the longer side of a pixelated region keeps: too few to read a plate or know a face. */
const blocks = 6;

/** Patches to lay over the shaped picture, one for each region that is still to be seen in it. */
export async function hideRegions(
  shaped: Frozen,
  geometry: Geometry,
  regions: readonly Region[],
): Promise<readonly OverlayOptions[]> {
  const patches = regions.map(async (region) => {
    const box = boxInResult(region, geometry, shaped);
    return box === null
      ? []
      : [{ input: await patch(shaped, box, region.by ?? 'pixelate'), left: box.left, top: box.top }];
  });
  return (await Promise.all(patches)).flat();
}

/** Fractions of the source → pixels of the result, a little larger rather than smaller; null when cut away. */
function boxInResult(region: Region, { scaled, crop, canvas }: Geometry, shaped: Frozen): Box | null {
  const cut = shaped.cutAt ?? crop ?? { left: 0, top: 0 };
  const visible: Size = crop ?? scaled;
  const offset = canvas ?? { left: 0, top: 0 };
  const left = Math.max(0, Math.floor(region.left * scaled.width) - cut.left);
  const top = Math.max(0, Math.floor(region.top * scaled.height) - cut.top);
  const right = Math.min(visible.width, Math.ceil((region.left + region.width) * scaled.width) - cut.left);
  const bottom = Math.min(visible.height, Math.ceil((region.top + region.height) * scaled.height) - cut.top);
  if (right <= left || bottom <= top) return null;
  return { left: left + offset.left, top: top + offset.top, width: right - left, height: bottom - top };
}

async function patch(shaped: Frozen, box: Box, by: 'pixelate' | 'blur' | 'fill'): Promise<Buffer> {
  const { width, height } = box;
  if (by === 'fill') {
    return sharp({ create: { width, height, channels: 3, background: 'black' } })
      .png()
      .toBuffer();
  }
  const factor = Math.min(1, blocks / Math.max(width, height));
  const coarse = { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
  const few = await shaped
    .start()
    .extract(box)
    .resize({ ...coarse, fit: 'fill' })
    .png()
    .toBuffer();
  const kernel = by === 'blur' ? 'cubic' : 'nearest';
  return sharp(few).resize({ width, height, fit: 'fill', kernel }).png().toBuffer();
}
