import type { FfmpegProgress } from './read-progress.ts';
import type { Reporter } from './stages.ts';

/** Turns ffmpeg's reports (two a second) into the task's fraction between `from` and `to`; never goes back. */
export function reportFraction(
  task: Reporter,
  seconds: number,
  [from, to]: readonly [number, number] = [0, 0.99],
): (progress: FfmpegProgress) => void {
  let highest = from;
  return (progress) => {
    const done = seconds > 0 ? Math.min(1, (progress.seconds ?? 0) / seconds) : 0;
    highest = Math.max(highest, from + (to - from) * done);
    task.progress(highest, progress.cpuSeconds);
  };
}
