import type { Task } from '../kind.ts';
import type { FfmpegProgress } from './read-progress.ts';

/** Turns ffmpeg's reports (two a second) into the task's fraction between `from` and `to`; never goes back, never reaches 1 early. */
export function reportFraction(
  task: Pick<Task<unknown>, 'progress'>,
  seconds: number,
  [from, to]: readonly [number, number] = [0.01, 0.99],
): (progress: FfmpegProgress) => void {
  let highest = from;
  return (progress) => {
    const done = seconds > 0 ? Math.min(1, (progress.seconds ?? 0) / seconds) : 0;
    highest = Math.max(highest, from + (to - from) * done);
    task.progress(highest);
  };
}
