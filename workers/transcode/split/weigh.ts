import type { Task } from '../../kind.ts';
import { inStages } from '../../media/stages.ts';
import { forecastDecoding, forecastEncoding, forecastSearch, forecastVideo, usualFps } from '../forecast.ts';
import { forecastComparing } from '../forecast-scoring.ts';
import { forecastListening, forecastSound } from '../forecast-sound.ts';
import type { Plan, VideoPlan } from '../plan.ts';
import type { Rung } from '../rung.ts';
import type { Stretch } from './orders.ts';

/** Forecasts of the parts' work in seconds of one core: what a whole run would take for it (forecast.ts), and what a part takes more. */

/** ffmpeg, and ffprobe to look at what it made. */
const startingPart = 0.15;
/** Copying packets and looking at them all, for a second of a rung. */
const joiningPerSecond = 0.003;
const startingJoin = 0.3;

/** Reading the packets of the whole file, a picture each, and looking around. */
const startingSplit = 0.35;
const splittingPerPicture = 0.000_015;

interface SplitShares {
  /** The task of the search for a quality, or of the look at a ladder. */
  readonly searching: Task<unknown>;
  /** What the split has taken, in the unit of `rest`: the weights of the parts and of the join. */
  weigh(rest: number, pictures: number): number;
}

/** What is found out before the parts can be made, told as a share of the whole step. */
export function sharesOfSplit(task: Task<unknown>, plan: Plan): SplitShares {
  let share = 0;
  const progress = (fraction: number) => {
    share = fraction;
    task.progress(fraction);
  };
  const rest = forecastVideo(plan) + forecastListening(plan) + forecastSound(plan);
  const stages = inStages({ ...task, progress }, [forecastSearch(plan), rest]);
  return {
    searching: stages.at(0),
    weigh: (parts, pictures) =>
      round(startingSplit + pictures * splittingPerPicture + (share / Math.max(0.01, 1 - share)) * parts),
  };
}

interface Chunk {
  readonly video: VideoPlan;
  readonly speed: number;
  /** Its rungs are compared with the source, with VMAF too or not; undefined: they are not. */
  readonly scoring: { readonly vmaf: boolean } | undefined;
}

/** `startSeconds`: of the file's own clock, where the filters count from. */
export function weighChunk(
  { video, speed, scoring }: Chunk,
  rungs: readonly Rung[],
  stretch: Stretch,
  startSeconds: number,
): number {
  const { seekSeconds, fromSeconds = 0, firstSeconds, lastSeconds, frames } = stretch;
  const leadSeconds = seekSeconds === undefined ? 0 : Math.max(0, fromSeconds - seekSeconds + startSeconds);
  const shownSeconds = lastSeconds - firstSeconds + 1 / (video.encoding.fps ?? video.stream.fps ?? usualFps);
  const decoding = forecastDecoding(video, leadSeconds + shownSeconds * speed);
  const encoding = rungs.map((rung) => forecastEncoding(rung.encoding, rung.size, frames));
  const sizes = rungs.map(({ size }) => size);
  const comparing = scoring === undefined ? 0 : decoding + forecastComparing(sizes, frames, scoring.vmaf);
  return round(startingPart + decoding + comparing + encoding.reduce((sum, cost) => sum + cost, 0));
}

export function weighSound(plan: Plan): number {
  return round(startingPart + forecastListening(plan) + forecastSound(plan));
}

export function weighJoin({ clip }: Plan, rungs: readonly Rung[]): number {
  return round(startingJoin + clip.seconds * joiningPerSecond * rungs.length);
}

function round(seconds: number): number {
  return Math.max(0.01, Math.round(seconds * 100) / 100);
}
