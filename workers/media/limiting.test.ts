import { expect, it } from 'vitest';
import { likelihoodOfLimiting } from './limiting.ts';

/** Peaks may lie 14.5 dB over the loudness. */
const target = { lufs: -16, truePeak: -1.5 };
const likelihood = (truePeak: number, heard: number) =>
  likelihoodOfLimiting({ integrated: -20, truePeak }, target, heard);

it('is soon sure of peaks far below and far above what fits', () => {
  expect(likelihood(-12, 0.1)).toBeLessThan(0.1);
  expect(likelihood(-1, 0.1)).toBeGreaterThan(0.9);
});

it('waits for the end where it is a near thing', () => {
  expect(likelihood(-6, 0.5)).toBeGreaterThan(0.3);
  expect(likelihood(-6, 0.5)).toBeLessThan(0.7);
  expect(likelihood(-6, 1)).toBeLessThan(0.01);
  expect(likelihood(-5, 1)).toBeGreaterThan(0.99);
});
