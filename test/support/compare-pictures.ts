/**
 * How alike two pictures look. Encoders and font renderers change a few samples from release to release, so a result is held
 * against a golden picture by what people see: structure (SSIM over luma) and the colour of small cells. Our own `ssim` and
 * OKLab do it: ssim.js is long unreleased, and pixelmatch counts differing pixels, of which a re-encode makes very many.
 */
import sharp from 'sharp';
import { toOklab } from '../../workers/inspect/oklab.ts';
import { ssim } from '../../workers/resize/ssim.ts';

export interface Likeness {
  /** `480×320, 3 frames` of each. */
  readonly shapes: readonly [string, string];
  /** SSIM, 1 when equal; of the frame and ground that differ most. */
  readonly structure: number;
  /** Greatest distance of two cells' mean colours in OKLab, times 100: 2 is just seen, black and white are 100 apart. */
  readonly colour: number;
  /** The mean of those distances: a tone over the whole picture. */
  readonly tone: number;
}

/** People look at the whole: more pixels than this a side are averaged first. */
const comparedPx = 256;
const cellPx = 4;

/** What is transparent is looked at on both. */
const grounds = ['white', 'black'] as const;

/** First, middle and last frame of animations stand for all. */
export async function comparePictures(one: string | Buffer, other: string | Buffer): Promise<Likeness> {
  const [a, b] = await Promise.all([readShape(one), readShape(other)]);
  const shapes = [describeShape(a), describeShape(b)] as const;
  if (shapes[0] !== shapes[1]) return { shapes, structure: 0, colour: 100, tone: 100 };
  const frames = [...new Set([0, Math.floor(a.frames / 2), a.frames - 1])];
  const looks = frames.flatMap((frame) => grounds.map((ground) => ({ frame, ground })));
  const compared = await Promise.all(
    looks.map(async (look) => compareRasters(await readRaster(one, look), await readRaster(other, look))),
  );
  return {
    shapes,
    structure: Math.min(...compared.map(({ structure }) => structure)),
    colour: Math.max(...compared.map(({ colour }) => colour)),
    tone: Math.max(...compared.map(({ tone }) => tone)),
  };
}

/** Whether nobody would tell them apart. */
export const looksTheSame = ({ shapes, structure, colour, tone }: Likeness): boolean =>
  shapes[0] === shapes[1] && structure >= 0.97 && colour <= 6 && tone <= 1.2;

interface Shape {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

const describeShape = ({ width, height, frames }: Shape) => `${width}×${height}, ${frames} frame(s)`;

async function readShape(picture: string | Buffer): Promise<Shape> {
  const { width, height, pages = 1, pageHeight = height } = await sharp(picture, { pages: -1 }).metadata();
  return { width, height: pageHeight, frames: pages };
}

interface Raster {
  readonly rgb: Buffer;
  readonly luma: Buffer;
  readonly width: number;
  readonly height: number;
}

async function readRaster(picture: string | Buffer, look: { frame: number; ground: string }): Promise<Raster> {
  const small = sharp(picture, { page: look.frame })
    .flatten({ background: look.ground })
    .resize({ width: comparedPx, height: comparedPx, fit: 'inside', withoutEnlargement: true });
  const { data: rgb, info } = await small
    .clone()
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const luma = await small.clone().toColourspace('b-w').raw().toBuffer();
  return { rgb, luma, width: info.width, height: info.height };
}

function compareRasters(a: Raster, b: Raster): Omit<Likeness, 'shapes'> {
  const distances: number[] = [];
  for (let top = 0; top < a.height; top += cellPx) {
    for (let left = 0; left < a.width; left += cellPx) {
      const [one, other] = [meanColour(a, left, top), meanColour(b, left, top)];
      distances.push(100 * Math.hypot(...one.map((part, index) => part - (other[index] ?? 0))));
    }
  }
  return {
    structure: ssim(a.luma, b.luma, a.width, a.height),
    colour: Math.max(...distances),
    tone: distances.reduce((sum, distance) => sum + distance, 0) / distances.length,
  };
}

function meanColour({ rgb, width, height }: Raster, left: number, top: number) {
  const sum = [0, 0, 0];
  let count = 0;
  for (let y = top; y < Math.min(height, top + cellPx); y++) {
    for (let x = left; x < Math.min(width, left + cellPx); x++) {
      count += 1;
      for (let part = 0; part < 3; part++) sum[part] = (sum[part] ?? 0) + (rgb[(y * width + x) * 3 + part] ?? 0);
    }
  }
  const [red = 0, green = 0, blue = 0] = sum.map((part) => part / count);
  return toOklab(red, green, blue);
}
