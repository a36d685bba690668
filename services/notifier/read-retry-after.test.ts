import { expect, it } from 'vitest';
import { readRetryAfter } from './read-retry-after.ts';

const now = Date.parse('2026-11-21T10:00:00Z');

it.each([
  ['120', 120_000],
  ['0', 0],
  ['Sat, 21 Nov 2026 10:05:00 GMT', 300_000],
  ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
  ['99999999999', 86_400_000],
  ['soon', null],
  ['-5', null],
  [undefined, null],
])('reads %s as %s ms', (value, expected) => {
  expect(readRetryAfter(value, now)).toBe(expected);
});
