import type { ImageSource } from '../../media/pdf/pen/pen.ts';
import type { InlineObject } from '../../media/pdf/text/styled-text.ts';
import type { Picture } from '../images/open-picture.ts';
import type { DocumentImages } from './collect-images.ts';

/** CSS pixels to points: pictures are as large as in a browser. */
const pointsPerPixel = 0.75;

export interface SizedImage {
  readonly picture: Picture;
  readonly width: number;
  readonly height: number;
}

export interface PlacedImages {
  /** At its own size, or as large as the box (points) lets it be. */
  block(source: string, box: { readonly width: number; readonly height: number }): SizedImage | undefined;
  /** For a line of text, at most so many points tall. */
  inline(source: string, alt: string, maxHeight: number): InlineObject | undefined;
  /** What the pen draws: encoded when its page comes, for the size of its first use. */
  source(image: SizedImage): ImageSource;
}

/** Inline pictures must be at hand when a line is drawn, so they are encoded before (`prepare`); block pictures when their page comes. */
export async function placeImages(
  images: DocumentImages,
  inlineSources: Iterable<string>,
  dpi: number,
): Promise<PlacedImages> {
  const small = new Map<string, Buffer>();
  for (const source of inlineSources) {
    const picture = images.find(source);
    if (picture !== undefined) small.set(source, await picture.encode({ width: 600, height: 200 }, 'inside'));
  }
  return {
    block(source, box) {
      const picture = images.find(source);
      if (picture === undefined) return undefined;
      return { picture, ...scaled(picture, box) };
    },
    inline(source, alt, maxHeight) {
      const picture = images.find(source);
      const bytes = small.get(source);
      if (picture === undefined || bytes === undefined) return undefined;
      return { ...scaled(picture, { width: 300, height: maxHeight }), alt, above: 1, image: () => bytes };
    },
    source: ({ picture, width, height }) => ({
      key: picture,
      bytes: () => picture.encode({ width: (width / 72) * dpi, height: (height / 72) * dpi }, 'inside'),
    }),
  };
}

function scaled({ width, height }: Picture, box: { readonly width: number; readonly height: number }) {
  const scale = Math.min(pointsPerPixel, box.width / width, box.height / height);
  return { width: width * scale, height: height * scale };
}
