import { chooseRungs } from './choose-rungs.ts';
import { comparingPerMegapixel, forecastDecoding, framesMade, megapixels } from './forecast.ts';
import { isStreaming, type Plan, type VideoPlan } from './plan.ts';
import type { Rung } from './rung.ts';

/** Of an encoder's own pictures, all of one size: cheaper than those of a source, and read once more than that. */
const readingPerMegapixel = 0.0024;
/** libvmaf v3, one thread (719 frames of 854 × 480: 9.1 s with two decodes). */
const vmafPerMegapixel = 0.026;

/** Comparing so many pictures of these sizes. */
export function forecastComparing(sizes: readonly Rung['size'][], pictures: number, vmaf: boolean): number {
  const each = readingPerMegapixel + comparingPerMegapixel + (vmaf ? vmafPerMegapixel : 0);
  return sizes.reduce((sum, size) => sum + pictures * megapixels(size) * each, 0);
}

/** Scores of whole results: the source is decoded once more, every rendition is read and compared. */
export function forecastScoring(plan: Plan & { readonly video: VideoPlan }, vmaf: boolean): number {
  const { video, clip, speed } = plan;
  const sizes = isStreaming(plan.container) ? chooseRungs(video, plan.ladder).map(({ size }) => size) : [video.canvas];
  return (
    forecastDecoding(video, clip.seconds * speed) + forecastComparing(sizes, framesMade(video, clip.seconds), vmaf)
  );
}
