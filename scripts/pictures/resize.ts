import { stat } from 'node:fs/promises';
import sharp from 'sharp';
import type { Written } from '../../workers/step/run-step.ts';
import { documentedPictures } from './documented-pictures.ts';

const webp = (picture: ReturnType<typeof sharp>) => picture.webp({ quality: 85 }).toBuffer();

/** As a program shows it that does not know what a profile is: the numbers taken for sRGB's. */
const withoutProfile = ([written]: readonly Written[]) => webp(sharp(written?.path, { ignoreIcc: true }));

/** A difference of the numbers, of 255, that people see. */
const visible = 8;

/** What sRGB cannot show of it, marked: where the numbers change on the way to sRGB and back. */
async function beyondSrgb([written]: readonly Written[]): Promise<Buffer> {
  const numbers = async (input: string | Buffer) => sharp(input, { ignoreIcc: true }).removeAlpha().raw().toBuffer();
  const path = written?.path ?? '';
  const there = await numbers(path);
  const back = await numbers(await sharp(path).withIccProfile('p3').png().toBuffer());
  const { width, height } = await sharp(path).metadata();
  const marked = Buffer.alloc(width * height * 3);
  for (let at = 0; at < marked.length; at += 3) {
    const [r = 0, g = 0, b = 0] = there.subarray(at, at + 3);
    const change = Math.max(...[0, 1, 2].map((n) => Math.abs((there[at + n] ?? 0) - (back[at + n] ?? 0))));
    const grey = 90 + (0.3 * r + 0.59 * g + 0.11 * b) * 0.6;
    marked.set(change > visible ? [226, 0, 122] : [grey, grey, grey], at);
  }
  return webp(sharp(marked, { raw: { width, height, channels: 3 } }));
}

/** The gain map itself, its range stretched so that it can be seen. */
async function gainMap([written]: readonly Written[]): Promise<Buffer> {
  const { width, gainMap: map } = await sharp(written?.path).metadata();
  if (map === undefined) throw new Error('The picture has no gain map.');
  return webp(sharp(map.image).normalise().resize({ width }));
}

/** Size, bytes and whatever was searched for, as the step reports them. */
export const pictures = documentedPictures('resize', {
  use: 'harbour',
  views: {
    'resize-colour-ignored.webp': withoutProfile,
    'resize-colour-beyond.webp': beyondSrgb,
    'resize-hdr-map.webp': gainMap,
  },
  tell: async ({ path, facts: { width, height, quality, ssim } }) => {
    const { size } = await stat(path);
    const found = quality === undefined ? '' : `, quality ${quality}`;
    const reached = ssim === undefined ? '' : `, SSIM ${ssim}`;
    return `${width}×${height}, ${(size / 1000).toFixed(1)} kB${found}${reached}`;
  },
});
