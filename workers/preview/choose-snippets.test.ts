import { describe, expect, it } from 'vitest';
import { chooseSnippets } from './choose-snippets.ts';

describe('chooseSnippets', () => {
  it('spreads pieces over the video', () => {
    expect(chooseSnippets({ seconds: 4, snippets: 2 }, 100)).toEqual([
      { start: 24, seconds: 2 },
      { start: 74, seconds: 2 },
    ]);
  });

  it('takes a short video whole and one piece from a start', () => {
    expect(chooseSnippets({}, 3)).toEqual([{ start: 0, seconds: 3 }]);
    expect(chooseSnippets({ start: 8, seconds: 5 }, 10)).toEqual([{ start: 8, seconds: 2 }]);
    expect(chooseSnippets({ start: 50 }, 10)[0]?.start).toBeLessThan(10);
  });
});
