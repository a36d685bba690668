import { expect, test } from 'vitest';
import { parseJson } from './parse-json.ts';

test.each([
  ['{"a": nope}', 'unexpected "o" at line 1, column 8'],
  ['{\n  "a": 1,\n}', 'unexpected "}" at line 3, column 1'],
  ['[1 2]', 'unexpected "2" at line 1, column 4'],
  ['{"a": "\n"}', 'line 1, column 8'],
  ['{"a": [1, 2', 'ends too early'],
  ['', 'ends too early'],
  ["{'a': 1}", `unexpected "'" at line 1, column 2`],
])('%j is told where it is wrong', (text, place) => {
  expect(() => parseJson(text)).toThrow(place);
});

test('a byte order mark is no fault', () => {
  expect(parseJson('\uFEFF{"a": 1}')).toEqual({ a: 1 });
});
