import { readFile } from 'node:fs/promises';
import { decode } from 'blurhash';
import sharp from 'sharp';
import { thumbHashToRGBA } from 'thumbhash';
import type { Written } from '../../workers/step/run-step.ts';
import { documentedPictures } from './documented-pictures.ts';

interface Facts {
  readonly width: number;
  readonly height: number;
  readonly blurhash: string;
  readonly thumbhash: string;
  readonly preview: string;
  readonly palette: readonly { readonly colour: string; readonly share: number }[];
}

/** As wide as a page would show them. */
const shownPx = 150;

const readFacts = async ([written]: readonly Written[]): Promise<Facts> =>
  JSON.parse(await readFile(written?.path ?? '', 'utf8')) as Facts;

/** What a page that holds only the hash draws of it. */
const placeholders = {
  'inspect-blurhash.webp': ({ blurhash, width, height }: Facts) => {
    const size = { width: shownPx, height: Math.round((shownPx * height) / width) };
    return sharp(Buffer.from(decode(blurhash, size.width, size.height)), { raw: { ...size, channels: 4 } });
  },
  'inspect-thumbhash.webp': ({ thumbhash }: Facts) => {
    const { w: width, h: height, rgba } = thumbHashToRGBA(Buffer.from(thumbhash, 'base64'));
    return sharp(Buffer.from(rgba), { raw: { width, height, channels: 4 } }).resize({ width: shownPx });
  },
  'inspect-preview.webp': ({ preview }: Facts) =>
    sharp(Buffer.from(preview.slice(preview.indexOf(',') + 1), 'base64')).resize({ width: shownPx }),
  'inspect-palette.webp': ({ palette }: Facts) => sharp(Buffer.from(paletteSvg(palette))),
} as const;

/** A bar for each colour, as wide as its share. */
function paletteSvg(palette: Facts['palette']): string {
  const total = palette.reduce((sum, { share }) => sum + share, 0);
  let left = 0;
  const bars = palette.map(({ colour, share }) => {
    const width = (share / total) * shownPx;
    const bar = `<rect x="${left}" width="${width}" height="100" fill="${colour}"/>`;
    left += width;
    return bar;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${shownPx}" height="100">${bars.join('')}</svg>`;
}

const views = Object.entries(placeholders).map(
  ([file, draw]) =>
    [
      file,
      async (written: readonly Written[]) =>
        draw(await readFacts(written))
          .webp({ quality: 90 })
          .toBuffer(),
    ] as const,
);

export const pictures = documentedPictures('inspect', { use: 'harbour', views: Object.fromEntries(views) });
