/** Sizes and boxes in whole pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/** A side never vanishes. */
export const scale = (size: Size, factor: number): Size => ({
  width: Math.max(1, Math.round(size.width * factor)),
  height: Math.max(1, Math.round(size.height * factor)),
});

export const lesser = (a: Size, b: Size): Size => ({
  width: Math.min(a.width, b.width),
  height: Math.min(a.height, b.height),
});

/** How much each side grows from one size to another. */
export const ratios = (from: Size, to: Size) => ({ x: to.width / from.width, y: to.height / from.height });
