import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import { InputError } from '../../shared/errors.ts';
import type { InputFile } from '../kind.ts';
import { drawText } from '../media/draw-text.ts';
import { explainImageError } from '../media/explain-image-error.ts';
import { openImage } from '../media/open-image.ts';
import { anchors } from './plan-geometry.ts';
import type { Size } from './size.ts';
import type { ImageWatermark, TextWatermark, Watermark } from './watermark-params.ts';

/** The layer to composite over a result of this size. */
export async function layWatermark(mark: Watermark, size: Size, inputs: readonly InputFile[]): Promise<OverlayOptions> {
  const drawn = 'text' in mark ? await drawMark(mark, size) : await drawImage(mark, size, inputs);
  const turned = mark.angle === undefined ? drawn : drawn.rotate(mark.angle, { background: 'transparent' });
  const faded = await fade(turned, mark.opacity ?? 0.7);
  const margin = mark.margin ?? Math.round(size.width / 50);
  if (mark.tile) return { input: await withGap(faded, margin, size), tile: true, gravity: 'northwest' };
  const { data, info } = await cutToFit(faded, size);
  const [right, down] = anchors[mark.position ?? 'bottom-right'] ?? [1, 1];
  const place = (room: number, fraction: number) =>
    Math.round(Math.max(0, Math.min(room, (room - 2 * margin) * fraction + margin)));
  return {
    input: data,
    left: place(size.width - info.width, right),
    top: place(size.height - info.height, down),
  };
}

async function drawImage(mark: ImageWatermark, size: Size, inputs: readonly InputFile[]): Promise<Sharp> {
  const width = Math.max(1, Math.round(size.width * (mark.scale ?? 0.2)));
  const image = await openImage(findInput(mark.image, inputs), { vectorSidePx: width });
  try {
    return sharp(await image.decode().autoOrient().resize({ width }).png().toBuffer());
  } catch (error) {
    throw explainImageError(error, image.format);
  }
}

function findInput(name: string | undefined, inputs: readonly InputFile[]): InputFile {
  const found =
    name === undefined
      ? inputs[1]
      : inputs.find(({ reference }) => reference === name || reference.startsWith(`${name}/`));
  if (found !== undefined) return found;
  throw new InputError(
    name === undefined
      ? 'The watermark needs a picture: name it as the second input in "use".'
      : `The watermark names the input "${name}", which is not in "use".`,
  );
}

async function drawMark(mark: TextWatermark, size: Size): Promise<Sharp> {
  const letterPx = Math.max(4, Math.round(size.height * (mark.size ?? 0.05)));
  const { text, color: colour, font } = mark;
  return sharp(await drawText({ text, letterPx, widthPx: size.width, colour, font }));
}

function fade(mark: Sharp, opacity: number): Promise<Buffer> {
  const veil = Buffer.from([0, 0, 0, Math.round(opacity * 255)]);
  return mark
    .ensureAlpha()
    .composite([{ input: veil, raw: { width: 1, height: 1, channels: 4 }, tile: true, blend: 'dest-in' }])
    .png()
    .toBuffer();
}

function withGap(mark: Buffer, gap: number, size: Size): Promise<Buffer> {
  return sharp(mark)
    .resize({ width: size.width, height: size.height, fit: 'inside', withoutEnlargement: true })
    .extend({ right: gap, bottom: gap, background: 'transparent' })
    .toBuffer()
    .then((tile) => cutToFit(tile, size))
    .then(({ data }) => data);
}

/** A layer may not be larger than what it is laid over. */
async function cutToFit(mark: Buffer, size: Size) {
  const { width, height } = await sharp(mark).metadata();
  return sharp(mark)
    .extract({ left: 0, top: 0, width: Math.min(width, size.width), height: Math.min(height, size.height) })
    .toBuffer({ resolveWithObject: true });
}
