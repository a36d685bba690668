import { rm } from 'node:fs/promises';
import type { Task } from '../kind.ts';
import { hasFilter } from '../media/find-filters.ts';
import { measuringFfmpeg } from '../media/measuring-ffmpeg.ts';
import type { Source } from '../media/open-source.ts';
import { inStages } from '../media/stages.ts';
import { chooseRungs } from './choose-rungs.ts';
import { dropRungs, type Offer } from './drop-rungs.ts';
import { findCrf, mostTrials, type Scored } from './find-crf.ts';
import { forecastSamples, forecastTrial, forecastTrials, usualTrials } from './forecast.ts';
import { compareTrial, encodeTrial, type Samples } from './measure-quality.ts';
import type { PictureParts } from './picture-graph.ts';
import { isStreaming, type Plan } from './plan.ts';
import { type Goal, levelOf, onScreenOf, type Score, scoreOf, settleGoal } from './quality-goal.ts';
import type { Rung } from './rung.ts';
import { settleLadder } from './settle-ladder.ts';
import { takeSamples } from './take-samples.ts';

/**
 * When a quality is asked for: the CRF that reaches it on samples, and the score it got there; for a stream, rung by rung, each at
 * its own size, and `auto` leaves out the rungs that buy nothing. The bitrate stays free. When none is asked for, a ladder that was
 * left to us is measured.
 */
export async function reachQuality(
  task: Task<unknown>,
  source: Source,
  plan: Plan,
  parts: PictureParts,
): Promise<Plan> {
  const { video } = plan;
  if (video === undefined || video.copy) return plan;
  if (video.quality === undefined) return settleLadder(task, source, plan, parts);
  const vmaf = await hasFilter('libvmaf', measuringFfmpeg());
  const goal = settleGoal(video.quality, vmaf);
  const rungs = isStreaming(plan.container) ? chooseRungs(video, plan.ladder) : undefined;
  const sizes = rungs?.map(({ size }) => size) ?? [video.canvas];
  const stages = inStages(task, [forecastSamples(video), ...sizes.map((size) => forecastTrials(video, size))]);
  const samples = await takeSamples(stages.at(0), source, plan, video, parts);
  const steer: Steering = { work: (rung) => stages.at(rung + 1), goal, vmaf, samples };
  if (rungs !== undefined) {
    const offers = await measureRungs(steer, rungs);
    const { kept, leftOut } = plan.ladder === undefined ? dropRungs(offers, goal.step) : { kept: offers, leftOut: [] };
    const names = leftOut.map(({ offer, reason }) => ({ name: offer.rung.name, reason }));
    return { ...plan, video: { ...video, measured: kept.map(({ rung }) => rung), leftOut: names } };
  }
  const best = await steerRung(steer, 0, { size: video.canvas, encoding: video.encoding });
  const encoding = { ...video.encoding, crf: best.crf, bitrate: undefined };
  return { ...plan, video: { ...video, encoding, score: scoreOf(best, best.crf, goal, samples.seconds) } };
}

interface Steering {
  /** The task of one rung's trials. */
  work(rung: number): Task<unknown>;
  readonly goal: Goal;
  /** It can be measured. */
  readonly vmaf: boolean;
  readonly samples: Samples;
}

async function measureRungs(
  steer: Steering,
  rungs: readonly Rung[],
): Promise<readonly (Offer & { readonly rung: Rung })[]> {
  const offers: (Offer & Scored & { readonly rung: Rung })[] = [];
  for (const [index, rung] of rungs.entries()) {
    const best = await steerRung(steer, index, rung, offers.at(-1)?.crf);
    const encoding = { ...rung.encoding, crf: best.crf, bitrate: undefined };
    offers.push({
      ...best,
      rung: {
        ...rung,
        encoding,
        score: { ...scoreOf(best, best.crf, steer.goal, steer.samples.seconds), ...onScreenOf(best.screen) },
      },
    });
  }
  return offers;
}

/** Goes on, and tells nothing of it. */
const silent = (task: Task<unknown>): Task<unknown> => ({ ...task, progress: () => undefined });

/** Encoding and comparing in turn. Some searches take more trials than most: those are not counted on. */
function stagesOfTrials(task: Task<unknown>, trial: readonly [number, number]) {
  const likely = (trials: number, from = 0) =>
    Array.from({ length: mostTrials - from }, (_, index) => Math.min(1, Math.max(0, trials - index)));
  const costs = (trials: number, from = 0) =>
    likely(trials, from).flatMap((share) => trial.map((cost) => share * cost));
  const turns = inStages(task, costs(usualTrials));
  const expect = (done: number, more: number) => {
    for (const [index, cost] of costs(more, done).entries()) turns.expect(2 * done + index, cost);
  };
  return { turns, expect };
}

async function steerRung(
  { work, goal, vmaf, samples }: Steering,
  rung: number,
  { size, encoding }: Pick<Rung, 'size' | 'encoding'>,
  from?: number,
): Promise<Scored & Offer & { readonly screen: Score }> {
  const task = work(rung);
  const { turns, expect } = stagesOfTrials(task, forecastTrial(encoding, samples.size, size, samples.frames));
  const trials: string[] = [];
  const best = await findCrf(
    async (crf) => {
      const turn = 2 * trials.length;
      const trial = await encodeTrial(turns.at(turn), samples, { ...encoding, crf, bitrate: undefined }, size);
      trials.push(trial.path);
      const score = await compareTrial(turns.at(turn + 1), samples, trial, { at: size, vmaf });
      return { crf, trial, ...score };
    },
    goal,
    { from, onLikely: (more) => expect(trials.length, more) },
  );
  const whole = size.width === samples.size.width && size.height === samples.size.height;
  const screen = whole ? best : await compareTrial(silent(task), samples, best.trial, { at: samples.size, vmaf });
  task.progress(1);
  await Promise.all(trials.map((path) => rm(path)));
  return { ...best, bytes: best.trial.bytes, screen, onScreen: levelOf(screen, goal) };
}
