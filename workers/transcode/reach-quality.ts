import { rm } from 'node:fs/promises';
import type { Task } from '../kind.ts';
import { hasFilter } from '../media/find-filters.ts';
import type { Source } from '../media/open-source.ts';
import { chooseRungs } from './choose-rungs.ts';
import { dropRungs, type Offer } from './drop-rungs.ts';
import { findCrf, type Scored } from './find-crf.ts';
import { compareTrial, encodeTrial, type Samples } from './measure-quality.ts';
import type { PictureParts } from './picture-graph.ts';
import { isStreaming, type Plan, type VideoPlan } from './plan.ts';
import { type Goal, levelOf, scoreOf, settleGoal } from './quality-goal.ts';
import type { Rung } from './rung.ts';
import { takeSamples } from './take-samples.ts';

/**
 * When a quality is asked for: the CRF that reaches it on samples, and the score it got there; for a stream, rung by rung, each at
 * its own size, and `auto` leaves out the rungs that buy nothing. The bitrate stays free.
 */
export async function reachQuality(
  task: Task<unknown>,
  source: Source,
  plan: Plan,
  parts: PictureParts,
): Promise<Plan> {
  const { video } = plan;
  if (video?.quality === undefined || video.copy) return plan;
  const vmaf = await hasFilter('libvmaf');
  const goal = settleGoal(video.quality, vmaf);
  const steer: Steering = { task, goal, vmaf, samples: await takeSamples(task, source, plan, video, parts) };
  if (isStreaming(plan.container))
    return { ...plan, video: { ...video, measured: await measureLadder(steer, plan, video) } };
  const best = await steerRung(steer, { size: video.canvas, encoding: video.encoding });
  const encoding = { ...video.encoding, crf: best.crf, bitrate: undefined };
  return { ...plan, video: { ...video, encoding, score: scoreOf(best, best.crf, goal) } };
}

interface Steering {
  readonly task: Task<unknown>;
  readonly goal: Goal;
  /** It can be measured. */
  readonly vmaf: boolean;
  readonly samples: Samples;
}

async function measureLadder(steer: Steering, plan: Plan, video: VideoPlan): Promise<readonly Rung[]> {
  const offers: (Offer & { readonly rung: Rung })[] = [];
  for (const rung of chooseRungs(video, plan.ladder)) {
    const best = await steerRung(steer, rung);
    const encoding = { ...rung.encoding, crf: best.crf, bitrate: undefined };
    offers.push({ ...best, rung: { ...rung, encoding, score: scoreOf(best, best.crf, steer.goal) } });
  }
  const kept = plan.ladder === undefined ? dropRungs(offers, steer.goal.step) : offers;
  return kept.map(({ rung }) => rung);
}

async function steerRung(
  { task, goal, vmaf, samples }: Steering,
  { size, encoding }: Pick<Rung, 'size' | 'encoding'>,
): Promise<Scored & Offer> {
  const best = await findCrf(async (crf) => {
    const trial = await encodeTrial(task, samples, { ...encoding, crf, bitrate: undefined }, size);
    return { crf, trial, ...(await compareTrial(task, samples, trial, { at: size, vmaf })) };
  }, goal);
  const whole = size.width === samples.size.width && size.height === samples.size.height;
  const onScreen = whole ? best : await compareTrial(task, samples, best.trial, { at: samples.size, vmaf });
  await rm(best.trial.path);
  return { ...best, bytes: best.trial.bytes, onScreen: levelOf(onScreen, goal) };
}
