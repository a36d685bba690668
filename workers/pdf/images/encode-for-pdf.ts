import sharp, { type Sharp } from 'sharp';
import type { OpenedImage } from '../../media/open-image.ts';

/** Formats people use for drawings and screenshots, where JPEG would leave rings around the letters. */
const graphic = new Set(['png', 'gif', 'svg', 'svgz', 'webp']);

/** A PNG up to this many pixels is worth trying; beyond, JPEG is smaller almost always and far cheaper. */
const maxGraphicPixels = 4_000_000;

export interface PixelBox {
  readonly width: number;
  readonly height: number;
}

/**
 * The picture upright, sRGB, on white, no larger than it needs to be to cover (`outside`) or fit (`inside`) the box, in a format
 * PDF holds as it is: JPEG, or PNG without alpha. Paper is white, so nothing is lost with the alpha, and pdfkit would re-pack
 * every pixel of it in JavaScript.
 */
export async function encodeForPdf(image: OpenedImage, box: PixelBox, fit: 'inside' | 'outside'): Promise<Buffer> {
  const width = Math.max(1, Math.ceil(box.width));
  const height = Math.max(1, Math.ceil(box.height));
  const ready = image
    .decode()
    .autoOrient()
    .resize(width, height, { fit, withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb');
  const pixels = Math.min(width * height, image.width * image.height);
  return graphic.has(image.format) && pixels <= maxGraphicPixels ? encodeGraphic(ready) : jpeg(ready).toBuffer();
}

/** Lossless while it costs at most half as much again as JPEG; photographs saved as PNG become JPEG. */
async function encodeGraphic(ready: Sharp): Promise<Buffer> {
  const { data, info } = await ready.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const again = () => sharp(data, { raw: { width, height, channels } });
  const [asPng, asJpeg] = [await again().png().toBuffer(), await jpeg(again()).toBuffer()];
  return asPng.length <= asJpeg.length * 1.5 ? asPng : asJpeg;
}

const jpeg = (image: Sharp) => image.jpeg({ quality: 85 });
