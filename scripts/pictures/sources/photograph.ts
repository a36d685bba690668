import sharp, { type Sharp } from 'sharp';

/** A drawing with the grain and the soft edges of a camera, so that encoders and measures meet what they meet in life. */
export async function photograph(svg: string, width: number, height: number): Promise<Sharp> {
  const drawn = await sharp(Buffer.from(svg))
    .resize(width, height, { fit: 'fill' })
    .removeAlpha()
    .blur(0.6)
    .raw()
    .toBuffer();
  let seed = 7;
  for (let at = 0; at < drawn.length; at += 3) {
    // A linear congruential generator (Numerical Recipes): the same grain at every run.
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const grain = (seed >>> 28) - 7.5;
    for (let channel = at; channel < at + 3; channel++) drawn[channel] = clamp((drawn[channel] ?? 0) + grain * 0.6);
  }
  return sharp(drawn, { raw: { width, height, channels: 3 } });
}

const clamp = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
