import type { Task } from '../kind.ts';
import type { Plan } from './plan.ts';
import { mostSampleSeconds } from './take-samples.ts';

/** Trials of a rung, mostly. */
export const usualTrials = 4;

/** How much of a step the search for a quality is: trials of the samples against the whole, for each rung alike. */
function searchShare({ video, clip }: Plan): number {
  if (video?.quality === undefined || video.copy) return 0;
  const tried = usualTrials * Math.min(mostSampleSeconds, Math.max(1, clip.seconds));
  return tried / (tried + clip.seconds);
}

export function duringSearch<T extends Pick<Task<unknown>, 'progress'>>(task: T, plan: Plan): T {
  return within(task, [0.01, Math.max(0.01, searchShare(plan))]);
}

export function afterSearch<T extends Pick<Task<unknown>, 'progress'>>(task: T, plan: Plan): T {
  return within(task, [searchShare(plan), 1]);
}

/** The same task, whose 0 … 1 is a part of the whole. */
function within<T extends Pick<Task<unknown>, 'progress'>>(task: T, [from, to]: readonly [number, number]): T {
  return { ...task, progress: (fraction: number) => task.progress(from + (to - from) * fraction) };
}
