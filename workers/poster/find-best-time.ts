import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../kind.ts';
import { threads } from '../media/encoders.ts';
import { escapeFilterValue } from '../media/escape-filter-value.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { Source } from '../media/open-source.ts';
import { reportFraction } from '../media/report-fraction.ts';

/** Keyframes of the first ten minutes are looked at: a title is chosen from the beginning, and it costs seconds at most. */
const lookSeconds = 600;

/** Share of the work: what is left is one picture. */
const searching = 0.9;

export interface Candidate {
  readonly seconds: number;
  /** Mean luma, 0 … 255. */
  readonly brightness: number;
  /** Normalised entropy of the luma, 0 (one flat tone) … 1. */
  readonly entropy: number;
  /** Mean width of edges in pixels of the picture looked at (about 4 sharp, 10 blurred); undefined where there are none. */
  readonly blur: number | undefined;
}

/** The time of the keyframe that shows most; 0 when there is nothing to choose from. */
export async function findBestTime(
  source: Source,
  task: Pick<Task<unknown>, 'scratch' | 'signal' | 'progress'>,
): Promise<number> {
  if (source.video === undefined) return 0;
  const report = join(task.scratch, 'candidates.txt');
  const print = `metadata=print:file=${escapeFilterValue(report)}`;
  await runFfmpeg({
    inputs: [
      {
        path: source.file.path,
        options: ['-threads', threads, '-skip_frame', 'nokey', ...source.inputOptions, '-t', String(lookSeconds)],
      },
    ],
    outputs: [
      {
        target: '-',
        options: [
          ...['-map', `0:${source.video.index}`, '-an', '-fps_mode', 'passthrough'],
          ...['-vf', `scale=320:-2,signalstats,blurdetect,entropy,${print}`, '-f', 'null'],
        ],
      },
    ],
    inputName: source.file.name,
    signal: task.signal,
    onProgress: reportFraction(task, Math.min(lookSeconds, source.durationSeconds), [0, searching]),
  });
  return chooseBest(readCandidates(await readFile(report, 'utf8').catch(() => '')));
}

export function readCandidates(report: string): Candidate[] {
  return report
    .split(/^(?=frame:)/m)
    .map((block) => ({
      seconds: Number(/pts_time:(-?[\d.]+)/.exec(block)?.[1] ?? Number.NaN),
      brightness: Number(/signalstats\.YAVG=([\d.]+)/.exec(block)?.[1] ?? Number.NaN),
      entropy: Number(/normalized_entropy\.normal\.Y=([\d.]+)/.exec(block)?.[1] ?? Number.NaN),
      blur: finite(Number(/lavfi\.blur=([\d.]+)/.exec(block)?.[1])),
    }))
    .filter(({ blur: _, ...needed }) => Object.values(needed).every(Number.isFinite));
}

const finite = (value: number) => (Number.isFinite(value) ? value : undefined);

/** What a pixel more of blur takes off, in entropy: a picture out of focus loses to any sharp one that shows something. */
const perBlur = 0.05;

/**
 * Neither nearly black nor nearly white; among the rest the richest and sharpest, an early one winning over a slightly
 * better late one.
 */
export function chooseBest(candidates: readonly Candidate[]): number {
  const lit = candidates.filter(({ brightness }) => brightness >= 32 && brightness <= 225);
  const field = lit.length > 0 ? lit : candidates;
  const last = field.at(-1)?.seconds ?? 0;
  const sharpest = Math.min(...field.map(({ blur }) => blur ?? Number.POSITIVE_INFINITY));
  const score = ({ entropy, seconds, blur = sharpest }: Candidate) =>
    entropy - (last > 0 ? 0.05 * (seconds / last) : 0) - (Number.isFinite(sharpest) ? perBlur * (blur - sharpest) : 0);
  const [first] = field;
  if (first === undefined) return 0;
  return Math.max(0, field.reduce((best, next) => (score(next) > score(best) ? next : best), first).seconds);
}
