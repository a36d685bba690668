import { describe, expect, it } from 'vitest';
import { boxOfRung, displaySize, even, fitInside } from './display-size.ts';

describe('displaySize', () => {
  it('squares samples and turns upright', () => {
    expect(displaySize({ width: 720, height: 576, aspectOfSample: 16 / 15, rotation: 0 })).toEqual({
      width: 768,
      height: 576,
    });
    expect(displaySize({ width: 1920, height: 1080, aspectOfSample: 1, rotation: 270 })).toEqual({
      width: 1080,
      height: 1920,
    });
  });
});

describe('fitInside', () => {
  it('keeps the shape and never enlarges', () => {
    expect(fitInside({ width: 1920, height: 1080 }, { width: 1280, height: 720 })).toEqual({
      width: 1280,
      height: 720,
    });
    expect(fitInside({ width: 320, height: 180 }, { width: 1280, height: 720 })).toEqual({ width: 320, height: 180 });
    expect(fitInside({ width: 4096, height: 1716 }, { width: 1920, height: 1080 })).toEqual({
      width: 1920,
      height: 804,
    });
  });

  it('gives even sizes, never above an odd source', () => {
    expect(fitInside({ width: 161, height: 121 }, {})).toEqual({ width: 160, height: 120 });
    expect(fitInside({ width: 1, height: 1 }, {})).toEqual({ width: 2, height: 2 });
    expect(even(853.33)).toBe(854);
  });

  it('turns the box of a rung for upright video', () => {
    expect(boxOfRung(720, { width: 1080, height: 1920 })).toEqual({ width: 720, height: 1280 });
    expect(boxOfRung(480, { width: 1920, height: 1080 })).toEqual({ width: 854, height: 480 });
  });
});
