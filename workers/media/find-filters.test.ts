import { expect, it } from 'vitest';
import { hasFilter, readFilters } from './find-filters.ts';

it('reads the list of filters of old and new ffmpeg', () => {
  const old =
    'Filters:\n  T.. = Timeline support\n ... libvmaf           VV->V      Calculate the VMAF.\n TSC scale             V->V       Scale.\n';
  expect([...readFilters(old)]).toEqual(['libvmaf', 'scale']);
  expect([
    ...readFilters(
      ' TS ssim              VV->V      Calculate the SSIM.\n .. concat            N->N       Concatenate.\n',
    ),
  ]).toEqual(['ssim', 'concat']);
});

it('knows the ffmpeg at hand', async () => {
  expect([await hasFilter('scale'), await hasFilter('no_such_filter')]).toEqual([true, false]);
});
