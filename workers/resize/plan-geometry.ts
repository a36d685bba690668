/** Pure arithmetic: what a rendition's size, fit and position mean for a source of a given size. All sizes in pixels. */
import type { Position } from './geometry-params.ts';
import { type GeometryWish, resolveBox } from './resolve-box.ts';
import { type Box, lesser, ratios, type Size, scale } from './size.ts';

/** Scale the whole picture to `scaled`, cut `crop` out of it, lay that on a `canvas` at its left and top. */
export interface Geometry {
  readonly scaled: Size;
  readonly crop: Box | null;
  /** Where to cut is decided by looking at the picture: cut the size of `crop`, ignore its place. */
  readonly smart: 'attention' | 'entropy' | null;
  readonly canvas: Box | null;
  readonly size: Size;
}

type Shape = Pick<Geometry, 'scaled' | 'crop' | 'smart' | 'canvas'>;

/** Where the picture sits in its box: 0 is left or top, 1 right or bottom. */
export const anchors: Readonly<Record<string, readonly [right: number, down: number]>> = {
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
  const { box, fit, mayGrow } = resolveBox(source, wish);
  const shape = shapeFor(source, box, fit, wish.position ?? 'center', mayGrow);
  return addPad(shape, wish);
}

function shapeFor(source: Size, box: Size, fit: GeometryWish['fit'], position: Position, mayGrow: boolean): Shape {
  const { x, y } = ratios(source, box);
  switch (fit) {
    case 'contain':
      return contain(source, box, position, mayGrow);
    case 'inside':
      return whole(scale(source, mayGrow ? Math.min(x, y) : Math.min(1, x, y)));
    case 'outside':
      return whole(scale(source, mayGrow ? Math.max(x, y) : Math.min(1, Math.max(x, y))));
    case 'fill':
      return whole(mayGrow ? box : lesser(source, box));
    default:
      return cover(source, mayGrow ? box : shrinkBoxInto(source, box), position);
  }
}

function cover(source: Size, box: Size, position: Position): Shape {
  const { x, y } = ratios(source, box);
  const grown = scale(source, Math.max(x, y));
  const scaled = { width: Math.max(box.width, grown.width), height: Math.max(box.height, grown.height) };
  if (scaled.width === box.width && scaled.height === box.height) return whole(box);
  const smart = position === 'attention' || position === 'entropy' ? position : null;
  return { ...whole(scaled), crop: { ...box, ...placeWindow(scaled, box, position) }, smart };
}

/** A focal point comes as near to the window's middle as the picture's edges allow. */
function placeWindow(scaled: Size, box: Size, position: Position): { left: number; top: number } {
  const room = { x: scaled.width - box.width, y: scaled.height - box.height };
  if (typeof position === 'string') {
    const [right, down] = anchors[position] ?? [0.5, 0.5];
    return { left: Math.round(room.x * right), top: Math.round(room.y * down) };
  }
  const within = (start: number, end: number) => Math.round(Math.min(Math.max(0, start), end));
  return {
    left: within(position.x * scaled.width - box.width / 2, room.x),
    top: within(position.y * scaled.height - box.height / 2, room.y),
  };
}

function contain(source: Size, box: Size, position: Position, mayGrow: boolean): Shape {
  const { x, y } = ratios(source, box);
  const scaled = lesser(box, scale(source, mayGrow ? Math.min(x, y) : Math.min(1, x, y)));
  if (scaled.width === box.width && scaled.height === box.height) return whole(box);
  const [right, down] = typeof position === 'string' ? (anchors[position] ?? [0.5, 0.5]) : [position.x, position.y];
  const left = Math.round((box.width - scaled.width) * right);
  const top = Math.round((box.height - scaled.height) * down);
  return { ...whole(scaled), canvas: { ...box, left, top } };
}

function addPad(shape: Shape, { pad = 0, dpr = 1 }: GeometryWish): Geometry {
  const inner = shape.canvas ?? shape.crop ?? shape.scaled;
  const each = typeof pad === 'number' ? { top: pad, right: pad, bottom: pad, left: pad } : pad;
  const [top, right, bottom, left] = [each.top, each.right, each.bottom, each.left].map((px) =>
    Math.round((px ?? 0) * dpr),
  ) as [number, number, number, number];
  const size = { width: inner.width + left + right, height: inner.height + top + bottom };
  if (size.width === inner.width && size.height === inner.height) return { ...shape, size };
  const canvas = { ...size, left: left + (shape.canvas?.left ?? 0), top: top + (shape.canvas?.top ?? 0) };
  return { ...shape, canvas, size };
}

/** The largest box of the same proportions that the source fills without growing: 800×800 of 400×300 is 300×300. */
function shrinkBoxInto(source: Size, box: Size): Size {
  const { x, y } = ratios(source, box);
  return scale(box, Math.min(1, 1 / Math.max(x, y)));
}

const whole = (scaled: Size): Shape => ({ scaled, crop: null, smart: null, canvas: null });
