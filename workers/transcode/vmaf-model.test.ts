import { expect, it } from 'vitest';
import { vmafModel } from './vmaf-model.ts';

it.each([
  [426, 240, 'vmaf_v0.6.1'],
  [1920, 1080, 'vmaf_v0.6.1'],
  [2560, 1440, 'vmaf_v0.6.1'],
  [3840, 1440, 'vmaf_v0.6.1'],
  [3840, 1600, 'vmaf_4k_v0.6.1'],
  [2160, 3840, 'vmaf_4k_v0.6.1'],
] as const)('%i × %i is seen by %s', (width, height, model) => {
  expect(vmafModel({ width, height })).toBe(model);
});
