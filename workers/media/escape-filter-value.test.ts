import { expect, it } from 'vitest';
import { escapeFilterValue } from './escape-filter-value.ts';

it('escapes for the option and for the graph', () => {
  expect(escapeFilterValue('/tmp/plain-name.txt')).toBe('/tmp/plain-name.txt');
  expect(escapeFilterValue("a:b,c'd")).toBe("a\\\\:b\\,c\\\\\\'d");
});
