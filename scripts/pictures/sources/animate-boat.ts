import sharp from 'sharp';
import { drawHarbour } from './draw-harbour.ts';

const frames = 8;

/** The boat of the harbour rocking once to and fro, cut out of the scene: 360×320, 8 frames of 120 ms. */
export async function animateBoat(): Promise<Buffer> {
  const pictures = Array.from({ length: frames }, (_, index) => {
    const degrees = 7 * Math.sin((2 * Math.PI * index) / frames);
    return sharp(Buffer.from(drawHarbour(degrees)))
      .extract({ left: 760, top: 350, width: 720, height: 640 })
      .resize(360, 320)
      .removeAlpha()
      .png()
      .toBuffer();
  });
  return sharp(await Promise.all(pictures), { join: { animated: true } })
    .gif({ delay: Array(frames).fill(120), loop: 0, colours: 64 })
    .toBuffer();
}
