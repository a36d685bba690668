import { describe, expect, it } from 'vitest';
import { planGeometry } from './plan-geometry.ts';
import type { GeometryWish } from './resolve-box.ts';

const landscape = { width: 1600, height: 900 };
const size = (wish: GeometryWish, source = landscape) => planGeometry(source, wish).size;

describe('planGeometry', () => {
  it('keeps the size when none is asked for', () => {
    expect(size({})).toEqual(landscape);
  });

  it('derives the missing side from the proportions', () => {
    expect(size({ width: 800 })).toEqual({ width: 800, height: 450 });
    expect(size({ height: 300 })).toEqual({ width: 533, height: 300 });
  });

  it('never makes a side vanish', () => {
    expect(size({ width: 1 }, { width: 4000, height: 3 })).toEqual({ width: 1, height: 1 });
  });

  it.each([
    ['cover', { width: 400, height: 400 }],
    ['contain', { width: 400, height: 400 }],
    ['fill', { width: 400, height: 400 }],
    ['inside', { width: 400, height: 225 }],
    ['outside', { width: 711, height: 400 }],
  ] as const)('%s meets a square box as promised', (fit, expected) => {
    expect(size({ width: 400, height: 400, fit })).toEqual(expected);
  });

  it.each([
    ['cover', { width: 300, height: 300 }],
    ['contain', { width: 800, height: 800 }],
    ['fill', { width: 400, height: 300 }],
    ['inside', { width: 400, height: 300 }],
    ['outside', { width: 400, height: 300 }],
  ] as const)('%s does not enlarge a small picture', (fit, expected) => {
    const small = { width: 400, height: 300 };
    expect(size({ width: 800, height: 800, fit }, small)).toEqual(expected);
    expect(planGeometry(small, { width: 800, height: 800, fit }).scaled.width).toBeLessThanOrEqual(400);
  });

  it.each([
    ['cover', { width: 800, height: 800 }],
    ['contain', { width: 800, height: 800 }],
    ['fill', { width: 800, height: 800 }],
    ['inside', { width: 800, height: 600 }],
    ['outside', { width: 1067, height: 800 }],
  ] as const)('%s enlarges when asked to', (fit, expected) => {
    const wish = { width: 800, height: 800, fit, withoutEnlargement: false };
    expect(size(wish, { width: 400, height: 300 })).toEqual(expected);
  });

  it('cuts where the position says', () => {
    const crop = (position: GeometryWish['position']) =>
      planGeometry(landscape, { width: 300, height: 300, position }).crop;
    expect(crop('left')).toMatchObject({ left: 0, top: 0 });
    expect(crop('center')).toMatchObject({ left: 117, top: 0 });
    expect(crop('bottom-right')).toMatchObject({ left: 233, top: 0 });
  });

  it('places the picture on its canvas where the position says', () => {
    const pad = (position: GeometryWish['position']) =>
      planGeometry(landscape, { width: 160, height: 160, fit: 'contain', position }).canvas;
    expect(pad('top')).toMatchObject({ left: 0, top: 0 });
    expect(pad('center')).toMatchObject({ left: 0, top: 35 });
    expect(pad('bottom')).toMatchObject({ left: 0, top: 70 });
  });

  it('never cuts more than the scaled picture has', () => {
    for (let width = 1; width < 60; width++) {
      const { scaled, crop } = planGeometry({ width: 97, height: 61 }, { width, height: 37, position: 'bottom-right' });
      expect((crop?.left ?? 0) + (crop?.width ?? 0)).toBeLessThanOrEqual(scaled.width);
      expect((crop?.top ?? 0) + (crop?.height ?? 0)).toBeLessThanOrEqual(scaled.height);
    }
  });
});
