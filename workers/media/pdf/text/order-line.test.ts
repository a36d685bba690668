import { describe, expect, it } from 'vitest';
import type { Piece } from './itemise.ts';
import { orderLine } from './order-line.ts';

const line = (levels: readonly number[]) => levels.map((level, index) => ({ level, text: String(index) }) as Piece);
const ordered = (levels: readonly number[]) =>
  orderLine(line(levels))
    .map(({ text }) => text)
    .join('');

describe('the order of a line (UAX 9, L2)', () => {
  it.each([
    ['left to right stays', [0, 0, 0], '012'],
    ['right to left turns round', [1, 1, 1], '210'],
    ['a Hebrew phrase in English', [0, 1, 1, 0], '0213'],
    ['digits in Arabic keep their order', [1, 2, 2, 1], '3120'],
    ['English with Hebrew inside an Arabic line', [1, 2, 3, 3, 2, 1], '513240'],
  ])('%s', (_, levels, expected) => {
    expect(ordered(levels)).toBe(expected);
  });
});
