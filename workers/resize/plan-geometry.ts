/** Pure arithmetic: what a rendition's size, fit and position mean for a source of a given size. All sizes in pixels. */
import type { Fit, Position } from './contract.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

export interface GeometryWish {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly fit?: Fit | undefined;
  readonly position?: Position | undefined;
  readonly withoutEnlargement?: boolean | undefined;
}

/** Scale the whole picture to `scaled`; then cut `crop` out of it, or let it lie at `at` on a canvas of `size`. */
export interface Geometry {
  readonly scaled: Size;
  readonly crop: Box | null;
  /** Where to cut is decided by looking at the picture: cut the size of `crop`, ignore its place. */
  readonly smart: 'attention' | 'entropy' | null;
  readonly pad: Box | null;
  readonly size: Size;
}

/** Where the picture sits in its box: 0 is left or top, 1 right or bottom. */
const anchors: Readonly<Record<string, readonly [number, number]>> = {
  center: [0.5, 0.5],
  top: [0.5, 0],
  'top-right': [1, 0],
  right: [1, 0.5],
  'bottom-right': [1, 1],
  bottom: [0.5, 1],
  'bottom-left': [0, 1],
  left: [0, 0.5],
  'top-left': [0, 0],
};

export function planGeometry(source: Size, wish: GeometryWish): Geometry {
  const box = wantedBox(source, wish);
  const mayGrow = wish.withoutEnlargement === false;
  const fit = wish.width === undefined || wish.height === undefined ? 'fill' : (wish.fit ?? 'cover');
  switch (fit) {
    case 'cover':
      return cover(source, mayGrow ? box : shrinkBoxInto(source, box), wish.position ?? 'center');
    case 'contain':
      return contain(source, box, wish.position ?? 'center', mayGrow);
    case 'inside':
      return whole(scale(source, atMost(mayGrow, Math.min(ratios(source, box).x, ratios(source, box).y))));
    case 'outside':
      return whole(scale(source, atMost(mayGrow, Math.max(ratios(source, box).x, ratios(source, box).y))));
    case 'fill':
      return whole(mayGrow || wish.width === undefined || wish.height === undefined ? box : lesser(source, box));
  }
}

/** A side left out follows from the other and the picture's own proportions. */
function wantedBox(source: Size, wish: GeometryWish): Size {
  const { width, height } = wish;
  if (width !== undefined && height !== undefined) return { width, height };
  const wanted = width !== undefined ? width / source.width : height !== undefined ? height / source.height : 1;
  const factor = atMost(wish.withoutEnlargement === false, wanted);
  const scaled = scale(source, factor);
  if (factor !== wanted) return scaled;
  return { width: width ?? scaled.width, height: height ?? scaled.height };
}

function cover(source: Size, box: Size, position: Position): Geometry {
  const { x, y } = ratios(source, box);
  const scaled = atLeast(box, scale(source, Math.max(x, y)));
  const smart = position === 'attention' || position === 'entropy' ? position : null;
  const [right, down] = anchors[position] ?? [0.5, 0.5];
  const crop = { ...box, left: place(scaled.width - box.width, right), top: place(scaled.height - box.height, down) };
  const nothingToCut = scaled.width === box.width && scaled.height === box.height;
  return nothingToCut ? whole(box) : { scaled, crop, smart, pad: null, size: box };
}

function contain(source: Size, box: Size, position: Position, mayGrow: boolean): Geometry {
  const { x, y } = ratios(source, box);
  const scaled = lesser(box, scale(source, atMost(mayGrow, Math.min(x, y))));
  const [right, down] = anchors[position] ?? [0.5, 0.5];
  const pad = { ...box, left: place(box.width - scaled.width, right), top: place(box.height - scaled.height, down) };
  const nothingToPad = scaled.width === box.width && scaled.height === box.height;
  return { scaled, crop: null, smart: null, pad: nothingToPad ? null : pad, size: box };
}

/** The largest box of the same proportions that the source fills without growing: 800×800 of 400×300 is 300×300. */
function shrinkBoxInto(source: Size, box: Size): Size {
  const { x, y } = ratios(source, box);
  return scale(box, Math.min(1, 1 / Math.max(x, y)));
}

const whole = (size: Size): Geometry => ({ scaled: size, crop: null, smart: null, pad: null, size });

const ratios = (source: Size, box: Size) => ({ x: box.width / source.width, y: box.height / source.height });

const atMost = (mayGrow: boolean, factor: number) => (mayGrow ? factor : Math.min(1, factor));

const scale = (size: Size, factor: number): Size => ({
  width: Math.max(1, Math.round(size.width * factor)),
  height: Math.max(1, Math.round(size.height * factor)),
});

const atLeast = (floor: Size, size: Size): Size => ({
  width: Math.max(floor.width, size.width),
  height: Math.max(floor.height, size.height),
});

const lesser = (a: Size, b: Size): Size => ({
  width: Math.min(a.width, b.width),
  height: Math.min(a.height, b.height),
});

const place = (room: number, fraction: number) => Math.round(room * fraction);
