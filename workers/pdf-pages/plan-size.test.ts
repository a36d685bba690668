import { describe, expect, it } from 'vitest';
import { planSize } from './plan-size.ts';

const a4 = { width: 595.28, height: 841.89 };

describe('planSize', () => {
  it.each([
    ['150 dpi by default', {}, { width: 1240, height: 1754 }],
    ['a resolution', { dpi: 72 }, { width: 595, height: 842 }],
    ['a width', { width: 320 }, { width: 320, height: 453 }],
    ['a height', { height: 320 }, { width: 226, height: 320 }],
    ['a box to fit into', { width: 320, height: 320 }, { width: 226, height: 320 }],
  ])('%s', (_what, wish, size) => {
    expect(planSize(a4, wish)).toEqual(size);
  });

  it('never makes more pixels than a format and a worker bear, whatever the page says', () => {
    for (const sheet of [
      a4,
      { width: 200_000, height: 200_000 },
      { width: 1, height: 200_000 },
      { width: 0, height: 0 },
    ]) {
      for (const format of ['png', 'avif'] as const) {
        const { width, height } = planSize(sheet, { dpi: 1200, format });
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(1);
        expect(Math.max(width, height)).toBeLessThanOrEqual(10_000);
        expect(width * height).toBeLessThanOrEqual(format === 'avif' ? 2.51e7 : 8.01e7);
      }
    }
  });
});
