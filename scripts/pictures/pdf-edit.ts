import sharp from 'sharp';
import { documentedPictures } from './documented-pictures.ts';
import { type PagesView, showPages } from './show-pages.ts';

type Written = readonly { readonly path: string }[];

const all = [1, 2, 3, 4];

/** What of the result is shown; where nothing is said, its first page. */
const shown: Readonly<Record<string, PagesView>> = {
  'pdf-edit-brochure.webp': { pages: all, width: 90 },
  'pdf-edit-merge.webp': { pages: [1, 2, 3, 4, 5], width: 90 },
  'pdf-edit-select.webp': { pages: [1, 2, 3], width: 90 },
  'pdf-edit-delete.webp': { pages: [1, 2, 3], width: 90 },
  'pdf-edit-rotate.webp': { pages: all, width: 90 },
  'pdf-edit-stamp-text.webp': { width: 200 },
  'pdf-edit-stamp-script.webp': { width: 200 },
  'pdf-edit-stamp-picture.webp': { width: 200 },
  'pdf-edit-stamp-paper.webp': { width: 200 },
  'pdf-edit-page-numbers.webp': { pages: all, width: 130 },
  'pdf-edit-flatten.webp': { width: 260, upper: 0.35 },
};

const pagesOf = Object.entries(shown).map(
  ([file, view]) => [file, ([written]: Written) => showPages(written?.path ?? '', view)] as const,
);

/** The first page of each file a split makes. */
async function showFiles(written: Written): Promise<Buffer> {
  const firsts = await Promise.all(written.map(({ path }) => showPages(path, { pages: [1, 2], width: 90 })));
  const height = (await sharp(firsts[0]).metadata()).height;
  const layers = [];
  let left = 0;
  for (const input of firsts) {
    layers.push({ input, left, top: 0 });
    left += (await sharp(input).metadata()).width + 12;
  }
  const ground = sharp({ create: { width: left - 12, height, channels: 3, background: 'white' } });
  return await ground.composite(layers).webp({ quality: 85 }).toBuffer();
}

export const pictures = documentedPictures('pdf-edit', {
  use: 'brochure',
  views: { ...Object.fromEntries(pagesOf), 'pdf-edit-split.webp': showFiles },
});
