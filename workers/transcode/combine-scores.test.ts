import { expect, it } from 'vitest';
import { combineScores } from './combine-scores.ts';

it('weighs pieces by their frames, and PSNR by its squared errors', () => {
  const combined = combineScores([
    { ssim: 0.9, psnr: 30, vmaf: 90, frames: 30 },
    { ssim: 1, psnr: 40, vmaf: 100, frames: 10 },
  ]);
  // (0.001 × 30 + 0.0001 × 10) / 40 = 0.000775
  expect(combined).toEqual({ ssim: 0.925, psnr: 31.106983, vmaf: 92.5 });
});

it('has no VMAF when one piece has none, and nothing of nothing', () => {
  expect(
    combineScores([
      { ssim: 0.9, psnr: 30, vmaf: 90, frames: 30 },
      { ssim: 0.9, psnr: 30, frames: 30 },
    ]),
  ).toEqual({ ssim: 0.9, psnr: 30 });
  expect(combineScores([])).toBeUndefined();
});
