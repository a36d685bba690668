import { describe, expect, it } from 'vitest';
import { shareWidth } from './plan-columns.ts';

describe('column widths', () => {
  it('are what the text needs when there is room', () => {
    expect(
      shareWidth(
        [
          { word: 10, whole: 50 },
          { word: 10, whole: 30 },
        ],
        100,
      ),
    ).toEqual([50, 30]);
  });

  it('share what is left over by how much text there is, words stay whole', () => {
    const [narrow = 0, wide = 0] = shareWidth(
      [
        { word: 20, whole: 20 },
        { word: 30, whole: 300 },
      ],
      100,
    );
    expect(narrow).toBe(20);
    expect(wide).toBe(80);
  });

  it('shrink together when not even the words fit', () => {
    expect(
      shareWidth(
        [
          { word: 100, whole: 100 },
          { word: 300, whole: 300 },
        ],
        100,
      ),
    ).toEqual([25, 75]);
  });
});
