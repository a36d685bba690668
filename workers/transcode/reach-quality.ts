import { rm } from 'node:fs/promises';
import type { Task } from '../kind.ts';
import { hasFilter } from '../media/find-filters.ts';
import type { Source } from '../media/open-source.ts';
import { chooseRungs } from './choose-rungs.ts';
import { dropRungs, type Offer } from './drop-rungs.ts';
import { findCrf, type Scored } from './find-crf.ts';
import { compareTrial, encodeTrial, type Samples } from './measure-quality.ts';
import type { PictureParts } from './picture-graph.ts';
import { isStreaming, type Plan } from './plan.ts';
import { usualTrials } from './progress-of-search.ts';
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
  const samples = await takeSamples(task, source, plan, video, parts);
  if (isStreaming(plan.container)) {
    const rungs = chooseRungs(video, plan.ladder);
    const steer: Steering = { ...countTrials(task, rungs.length), goal, vmaf, samples };
    const offers = await measureRungs(steer, rungs);
    const kept = plan.ladder === undefined ? dropRungs(offers, goal.step) : offers;
    return { ...plan, video: { ...video, measured: kept.map(({ rung }) => rung) } };
  }
  const steer: Steering = { ...countTrials(task, 1), goal, vmaf, samples };
  const best = await steerRung(steer, { size: video.canvas, encoding: video.encoding });
  const encoding = { ...video.encoding, crf: best.crf, bitrate: undefined };
  return { ...plan, video: { ...video, encoding, score: scoreOf(best, best.crf, goal) } };
}

interface Steering {
  /** Its progress only says that work goes on. */
  readonly work: Pick<Task<unknown>, 'scratch' | 'signal' | 'progress'>;
  readonly goal: Goal;
  /** It can be measured. */
  readonly vmaf: boolean;
  readonly samples: Samples;
  /** One more trial is done. */
  readonly done: () => void;
}

/** Fractions count trials; what ffmpeg reports in between repeats the last. */
function countTrials(task: Task<unknown>, rungs: number): Pick<Steering, 'work' | 'done'> {
  let trials = 0;
  const progress = () => task.progress(Math.max(0.01, Math.min(1, trials / (rungs * usualTrials))));
  const done = () => {
    trials += 1;
    progress();
  };
  return { work: { scratch: task.scratch, signal: task.signal, progress }, done };
}

async function measureRungs(
  steer: Steering,
  rungs: readonly Rung[],
): Promise<readonly (Offer & { readonly rung: Rung })[]> {
  const offers: (Offer & { readonly rung: Rung })[] = [];
  for (const rung of rungs) {
    const best = await steerRung(steer, rung);
    const encoding = { ...rung.encoding, crf: best.crf, bitrate: undefined };
    offers.push({ ...best, rung: { ...rung, encoding, score: scoreOf(best, best.crf, steer.goal) } });
  }
  return offers;
}

async function steerRung(
  { work, goal, vmaf, samples, done }: Steering,
  { size, encoding }: Pick<Rung, 'size' | 'encoding'>,
): Promise<Scored & Offer> {
  const trials: string[] = [];
  const best = await findCrf(async (crf) => {
    const trial = await encodeTrial(work, samples, { ...encoding, crf, bitrate: undefined }, size);
    trials.push(trial.path);
    const score = await compareTrial(work, samples, trial, { at: size, vmaf });
    done();
    return { crf, trial, ...score };
  }, goal);
  const whole = size.width === samples.size.width && size.height === samples.size.height;
  const onScreen = whole ? best : await compareTrial(work, samples, best.trial, { at: samples.size, vmaf });
  await Promise.all(trials.map((path) => rm(path)));
  return { ...best, bytes: best.trial.bytes, onScreen: levelOf(onScreen, goal) };
}
