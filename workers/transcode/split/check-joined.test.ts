import { expect, it } from 'vitest';
import { checkContinuous, checkFrames } from './check-joined.ts';

it('takes segments that follow one another, wherever they begin', () => {
  expect(() => checkContinuous([1.2, 3.22, 5.21], [2.02, 1.99, 0.5])).not.toThrow();
});

it.each([[[0, 2.03, 4]], [[0, 1.9, 4]]])('refuses a hole or an overlap: %j', (times) => {
  expect(() => checkContinuous(times, [2, 2, 2])).toThrow('hole');
});

it.each([
  [49, 1.96],
  [50, 1.9],
])('refuses %i frames that end at %f s', (frames, lastSeconds) => {
  const facts = { stretches: [{ frames: 50, firstSeconds: 0, lastSeconds: 1.96 }], lastMayDiffer: false };
  expect(() => checkFrames({ frames, firstSeconds: 0, lastSeconds }, facts)).toThrow('50 were expected');
});
