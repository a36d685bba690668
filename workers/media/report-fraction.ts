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

interface Stretch {
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  readonly frames: number;
}

/**
 * The same for a stretch that keeps its times (`-copyts`): frames that are told have them, but ffmpeg's own reports count from the
 * first of them on (fftools/ffmpeg.c, copy_ts_first_pts), so their frames are counted.
 */
export function reportStretch(
  task: Reporter,
  { firstSeconds, lastSeconds, frames }: Stretch,
  span?: readonly [number, number],
): (progress: FfmpegProgress) => void {
  const length = lastSeconds - firstSeconds;
  const report = reportFraction(task, length, span);
  return (progress) => {
    const { told = false, seconds = 0, frames: written = 0 } = progress;
    report({ ...progress, seconds: told ? seconds - firstSeconds : (written / frames) * length });
  };
}
