import { join } from 'node:path';
import type { Sharp } from 'sharp';
import type { Output } from '../kind.ts';
import { isOpaque } from '../media/css-colours.ts';
import { type WritableFormat, writable } from '../media/image-formats.ts';
import type { Picture } from './decode-once.ts';
import type { Geometry } from './plan-geometry.ts';
import type { RenditionPlan } from './plan-renditions.ts';

export async function writeRendition(picture: Picture, rendition: RenditionPlan, scratch: string): Promise<Output> {
  const { format, geometry, params } = rendition;
  const { extension, mediaType } = writable[format];
  const name = `${rendition.name}.${extension}`;
  const path = join(scratch, name);
  const background = params.background ?? (writable[format].alpha ? 'transparent' : 'white');
  const shaped = shape(picture.start(rendition), geometry, background);
  const flat = isOpaque(background) ? shaped.flatten({ background }) : shaped;
  const info = await encode(flat, format, params.quality).toFile(path);
  const facts = {
    width: info.width,
    height: info.pageHeight ?? info.height,
    pages: info.pages ?? 1,
    format,
  };
  return { name, path, mediaType, facts };
}

function shape(pipeline: Sharp, geometry: Geometry, background: string): Sharp {
  const { scaled, crop, smart, pad, size } = geometry;
  if (smart !== null) return pipeline.resize({ ...size, fit: 'cover', position: smart });
  const resized = pipeline.resize({ ...scaled, fit: 'fill' });
  const cut = crop === null ? resized : resized.extract(crop);
  if (pad === null) return cut;
  const right = pad.width - scaled.width - pad.left;
  const bottom = pad.height - scaled.height - pad.top;
  return cut.extend({ left: pad.left, top: pad.top, right, bottom, background });
}

function encode(pipeline: Sharp, format: WritableFormat, quality: number | undefined): Sharp {
  switch (format) {
    case 'jpeg':
      return pipeline.jpeg({ quality: quality ?? 80, mozjpeg: true });
    case 'png':
      return quality === undefined || quality === 100 ? pipeline.png() : pipeline.png({ palette: true, quality });
    case 'webp':
      return pipeline.webp({ quality: quality ?? 80 });
    case 'avif':
      return pipeline.avif({ quality: quality ?? 50, effort: 2 });
    case 'gif':
      return pipeline.gif();
    case 'tiff':
      return quality === undefined
        ? pipeline.tiff({ compression: 'deflate', predictor: 'horizontal' })
        : pipeline.tiff({ compression: 'jpeg', quality });
  }
}
