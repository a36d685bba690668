import sharp, { type Sharp } from 'sharp';

/**
 * As many colours as a quality needs, 2 to 256. GIF knows no quality, and of colours sharp offers 2, 4, 16 or 256; libvips'
 * quantiser for PNG takes a quality and chooses both how many and which.
 */
export async function reduceColours(pixels: Sharp, frames: number, quality: number): Promise<Sharp> {
  // Dots of other colours cost GIF more bytes than they do PNG.
  const dither = (quality / 100) ** 2;
  const few = await pixels.png({ palette: true, quality, dither, effort: 4, compressionLevel: 0 }).toBuffer();
  const { data, info } = await sharp(few, { limitInputPixels: false }).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const raw = { width, height, channels, ...(frames === 1 ? {} : { pageHeight: height / frames }) };
  return sharp(data, { raw, animated: frames > 1, limitInputPixels: false });
}
