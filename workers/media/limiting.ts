import type { Loudness, LoudnessTarget } from './loudness.ts';

/** Decibels in which the spread of what is still to be heard shows: at the beginning, and at the end. */
const spreadBefore = 1.6;
const spreadAfter = 0.1;
/** So much the highest peak mostly rises over the loudness between the first seconds and the end. */
const usualRise = 0.8;

/**
 * How likely the peaks of a sound of which `heard` (0 … 1) was measured have to be limited: by how far peaks and loudness lie apart,
 * against how far they may. A rule of thumb, for progress alone: a single late peak is not foreseen by anything.
 */
export function likelihoodOfLimiting(
  { integrated, truePeak }: Pick<Loudness, 'integrated' | 'truePeak'>,
  target: LoudnessTarget,
  heard: number,
): number {
  const left = 1 - Math.min(1, Math.max(0, heard));
  const over = truePeak - integrated - (target.truePeak - target.lufs) + usualRise * left;
  return 1 / (1 + Math.exp(-over / (spreadAfter + spreadBefore * left)));
}
