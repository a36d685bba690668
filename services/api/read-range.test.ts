import { expect, test } from 'vitest';
import { readRange } from './read-range.ts';

test.each([
  [undefined, 10, undefined],
  ['bytes=0-0', 10, { first: 0, last: 0 }],
  ['bytes= 2 - 5', 10, { first: 2, last: 5 }],
  ['BYTES=9-', 10, { first: 9, last: 9 }],
  ['bytes=-3', 10, { first: 7, last: 9 }],
  ['bytes=-0', 10, 'unsatisfiable'],
  ['bytes=10-', 10, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=-', 10, undefined],
  ['bytes=1-2,4-5', 10, undefined],
] as const)('%s of %i bytes', (header, size, expected) => {
  expect(readRange(header, size)).toEqual(expected);
});
