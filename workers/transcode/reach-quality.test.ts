import { expect, it } from 'vitest';
import { readScore } from './measure-quality.ts';
import { crossing } from './reach-quality.ts';

it('finds where the line through two trials meets the target, in bounds', () => {
  // 0.99 is 20 dB, 0.9 is 10 dB, 0.97 is 15.23 dB.
  expect(crossing({ crf: 32, ssim: 0.9 }, { crf: 22, ssim: 0.99 }, 15.23)).toBe(27);
  expect(crossing({ crf: 32, ssim: 0.99 }, { crf: 22, ssim: 0.999 }, 5)).toBe(45);
  expect(crossing({ crf: 32, ssim: 0.5 }, { crf: 22, ssim: 0.5 }, 15)).toBe(12);
});

it('reads what the filters say', () => {
  const log =
    '[ssim] SSIM Y:0.972 (15.5) U:0.98 (17) V:0.98 (17) All:0.975 (16)\n[psnr] PSNR y:38.25 u:40 v:41 average:39';
  expect(readScore(log)).toEqual({ ssim: 0.972, psnr: 38.25 });
});
