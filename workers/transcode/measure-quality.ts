import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../kind.ts';
import type { Size } from '../media/display-size.ts';
import { encodeVideo, threads, type VideoEncoding } from '../media/encoders.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { measuringFfmpeg } from '../media/measuring-ffmpeg.ts';
import { reportFraction } from '../media/report-fraction.ts';
import type { Reporter } from '../media/stages.ts';
import { asSamples, comparePair, readScore } from './compare-pictures.ts';
import type { Score } from './quality-goal.ts';

type Work = Pick<Task<unknown>, 'scratch' | 'signal'> & Reporter;

/** Stretches of the source as the encoder will see them, kept without loss. */
export interface Samples {
  readonly paths: readonly string[];
  readonly size: Size;
  readonly pixelFormat: string;
  readonly inputName: string;
  readonly seconds: number;
  /** In all of it, about. */
  readonly frames: number;
}

/** The samples one behind the other, encoded. */
export interface Trial {
  readonly path: string;
  readonly bytes: number;
  readonly size: Size;
}

const matroska = ['-protocol_whitelist', 'file', '-format_whitelist', 'matroska', '-f', 'matroska'];

export async function encodeTrial(
  task: Work,
  samples: Samples,
  encoding: VideoEncoding & { readonly crf: number },
  size: Size,
): Promise<Trial> {
  const path = join(task.scratch, `trial-${size.height}-${encoding.crf}.mkv`);
  await runFfmpeg({
    ...common(task, samples, samples.seconds),
    inputs: samples.paths.map((sample) => ({ path: sample, options: matroska })),
    filterGraph: `${inOrder(samples, 0)},${scale(size)},setsar=1[samples]`,
    outputs: [
      {
        target: path,
        options: ['-map', '[samples]', '-fps_mode', 'passthrough', ...encodeVideo(encoding), '-f', 'matroska'],
      },
    ],
  });
  return { path, bytes: (await stat(path)).size, size };
}

/** Compares every frame of a trial with what went in, both brought to the size of `at`: its own, or that of the screen. */
export async function compareTrial(
  task: Work,
  samples: Samples,
  trial: Trial,
  { at, vmaf }: { readonly at: Size; readonly vmaf: boolean },
): Promise<Score> {
  const same = `${frameCounted},${asSamples(samples.pixelFormat)}`;
  const both = { name: 'trial', made: 'made', wanted: 'wanted', size: at };
  const pair = comparePair(both, vmaf ? { threads: Number(threads) } : undefined);
  const { log } = await runFfmpeg({
    ...common(task, samples, samples.frames / countedFps),
    program: measuringFfmpeg(),
    inputs: [trial.path, ...samples.paths].map((path) => ({ path, options: matroska })),
    filterGraph: [
      `[0:v]${enlarge(at)},${same}[made]`,
      `${inOrder(samples, 1)},${scale(at)},${same}[wanted]`,
      ...pair.filters,
    ].join(';'),
    outputs: [
      {
        target: '-',
        options: [...pair.ends.flatMap((end) => ['-map', `[${end}]`]), '-fps_mode', 'passthrough', '-f', 'null'],
      },
    ],
    logLevel: 'info',
  });
  return readScore(log, both);
}

const common = (task: Work, { inputName }: Samples, seconds: number) => ({
  inputName,
  signal: task.signal,
  onProgress: reportFraction(task, seconds),
});

const countedFps = 25;

/** Times are replaced by frame numbers, so frames are compared one by one. */
const frameCounted = `settb=1/${countedFps},setpts=N`;
/** As the ladder scales. */
const scale = ({ width, height }: Size) => `scale=${width}:${height}:flags=lanczos`;
/** As players do, and those who made VMAF. */
const enlarge = ({ width, height }: Size) => `scale=${width}:${height}:flags=bicubic`;

function inOrder({ paths }: Samples, first: number): string {
  return `${paths.map((_, index) => `[${first + index}:v]`).join('')}concat=n=${paths.length}`;
}
