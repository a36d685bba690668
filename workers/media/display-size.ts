import type { VideoStream } from './media.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a viewer sees: square samples, turned upright. */
export function displaySize(video: Pick<VideoStream, 'width' | 'height' | 'aspectOfSample' | 'rotation'>): Size {
  const width = Math.max(1, Math.round(video.width * video.aspectOfSample));
  return video.rotation % 180 === 90 ? { width: video.height, height: width } : { width, height: video.height };
}

/** Largest size of the same shape inside the box, never larger than the source, in even numbers (4:2:0 chroma needs them). */
export function fitInside(
  source: Size,
  box: { readonly width?: number | undefined; readonly height?: number | undefined },
): Size {
  const scale = Math.min(
    1,
    (box.width ?? Number.POSITIVE_INFINITY) / source.width,
    (box.height ?? Number.POSITIVE_INFINITY) / source.height,
  );
  return { width: even(source.width * scale), height: even(source.height * scale) };
}

/** The 16:9 box of a rung such as 720 (p), turned when the source stands upright: 1280 × 720 or 720 × 1280. */
export function boxOfRung(lines: number, source: Size): Size {
  const long = even((lines * 16) / 9);
  return source.width >= source.height ? { width: long, height: lines } : { width: lines, height: long };
}

/** Rounds to the nearest even number, except that a size just above one is not raised: 161 → 160, 853.3 → 854. */
export function even(pixels: number): number {
  const rounded = Number.isInteger(pixels) ? Math.floor(pixels / 2) * 2 : Math.round(pixels / 2) * 2;
  return Math.max(2, rounded);
}
