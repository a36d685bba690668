import { expect, test } from 'vitest';
import { matchesTopic } from './match-topic.ts';

test.each([
  ['job.resize.hi', 'job.resize.hi', true],
  ['job.resize.hi', 'job.resize.std', false],
  ['*.progress', 'resize.progress', true],
  ['*.progress', 'progress', false],
  ['*.progress', 'a.b.progress', false],
  ['#', 'anything.at.all', true],
  ['#', '', true],
  ['#.critical', 'tenant.job.failed.critical', true],
  ['#.critical', 'critical', true],
  ['#.critical', 'tenant.critical.info', false],
  ['a.#.z', 'a.z', true],
  ['a.#.z', 'a.b.c.z', true],
  ['a.#', 'a', true],
  ['a.*', 'a', false],
])('%s against %s: %s', (pattern, key, matches) => {
  expect(matchesTopic(pattern, key)).toBe(matches);
});
