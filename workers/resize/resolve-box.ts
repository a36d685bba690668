import type { Fit, Position } from './geometry-params.ts';
import { ratios, type Size, scale } from './size.ts';

export interface GeometryWish {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly aspectRatio?: string | undefined;
  readonly dpr?: number | undefined;
  readonly fit?: Fit | undefined;
  readonly position?: Position | undefined;
  readonly withoutEnlargement?: boolean | undefined;
  readonly minWidth?: number | undefined;
  readonly minHeight?: number | undefined;
  readonly maxWidth?: number | undefined;
  readonly maxHeight?: number | undefined;
  readonly pad?:
    | number
    | { top?: number | undefined; right?: number | undefined; bottom?: number | undefined; left?: number | undefined }
    | undefined;
}

export interface ResolvedBox {
  readonly box: Size;
  readonly fit: Fit;
  readonly mayGrow: boolean;
}

/** Which box the words of a wish ask for, and how the picture is to meet it. */
export function resolveBox(source: Size, wish: GeometryWish): ResolvedBox {
  const wanted = wantedSides(source, wish);
  const mayGrow = wish.withoutEnlargement === false;
  const resolved =
    wanted.width !== undefined && wanted.height !== undefined
      ? { box: wanted as Size, fit: wish.fit ?? 'cover', mayGrow }
      : { box: byOneSide(source, wanted, mayGrow), fit: 'fill' as const, mayGrow: true };
  return withinBounds(source, resolved, wish);
}

/** Width and height as asked for in device pixels; proportions fill in what is left out. */
function wantedSides(source: Size, { width, height, aspectRatio, dpr = 1 }: GeometryWish): Partial<Size> {
  const side = (px: number | undefined) => (px === undefined ? undefined : Math.max(1, Math.round(px * dpr)));
  const sides = { width: side(width), height: side(height) };
  if (aspectRatio === undefined || (width !== undefined && height !== undefined)) return sides as Partial<Size>;
  const [across = 1, down = 1] = aspectRatio.split(':').map(Number);
  if (sides.width !== undefined) return { width: sides.width, height: side((width ?? 1) * (down / across)) ?? 1 };
  if (sides.height !== undefined) return { width: side((height ?? 1) * (across / down)) ?? 1, height: sides.height };
  const proportions = { width: across, height: down };
  const { x, y } = ratios(proportions, source);
  return scale(proportions, Math.min(x, y));
}

/** A side left out follows from the other and the picture's own proportions. */
function byOneSide(source: Size, { width, height }: Partial<Size>, mayGrow: boolean): Size {
  const asked = width !== undefined ? width / source.width : height !== undefined ? height / source.height : 1;
  if (asked > 1 && !mayGrow) return source;
  const scaled = scale(source, asked);
  return { width: width ?? scaled.width, height: height ?? scaled.height };
}

/** The minima win over the maxima, and over `withoutEnlargement`: whoever sets them means them. */
function withinBounds(source: Size, resolved: ResolvedBox, wish: GeometryWish): ResolvedBox {
  const { minWidth = 0, minHeight = 0, maxWidth = Infinity, maxHeight = Infinity, dpr = 1 } = wish;
  const size = resultingSize(source, resolved);
  const shrink = Math.min(1, (maxWidth * dpr) / size.width, (maxHeight * dpr) / size.height);
  const factor = Math.max(shrink, (minWidth * dpr) / size.width, (minHeight * dpr) / size.height);
  if (factor === 1) return resolved;
  const box = scale(size, factor);
  const keepsShape = resolved.fit === 'cover' || resolved.fit === 'contain';
  return keepsShape
    ? { box, fit: resolved.fit, mayGrow: resolved.mayGrow || factor > 1 }
    : { box, fit: 'fill', mayGrow: true };
}

/** What `fit` will make of the box, for the bounds to look at. */
function resultingSize(source: Size, { box, fit, mayGrow }: ResolvedBox): Size {
  const { x, y } = ratios(source, box);
  const grow = (factor: number) => (mayGrow ? factor : Math.min(1, factor));
  if (fit === 'inside') return scale(source, grow(Math.min(x, y)));
  if (fit === 'outside') return scale(source, grow(Math.max(x, y)));
  if (fit === 'cover' && !mayGrow) return scale(box, Math.min(1, 1 / Math.max(x, y)));
  if (fit === 'fill' && !mayGrow)
    return { width: Math.min(source.width, box.width), height: Math.min(source.height, box.height) };
  return box;
}
