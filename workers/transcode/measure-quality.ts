import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../kind.ts';
import type { Size } from '../media/display-size.ts';
import { encodeVideo, type VideoEncoding } from '../media/encoders.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { reportFraction } from '../media/report-fraction.ts';
import type { Reporter } from '../media/stages.ts';
import type { Score } from './quality-goal.ts';

type Work = Pick<Task<unknown>, 'scratch' | 'signal'> & Reporter;

/** Stretches of the source as the encoder will see them, kept without loss. */
export interface Samples {
  readonly paths: readonly string[];
  readonly size: Size;
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
    filterGraph: `${inOrder(samples, 0)},${scale(size)}[samples]`,
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
  const filters = ['ssim', 'psnr', ...(vmaf ? ['libvmaf'] : [])];
  const pads = (name: string) => filters.map((filter) => `[${name}${filter}]`).join('');
  const graph = [
    `[0:v]${scale(at)},${frameCounted},split=${filters.length}${pads('a')}`,
    `${inOrder(samples, 1)},${scale(at)},${frameCounted},split=${filters.length}${pads('b')}`,
    ...filters.map((filter) => `[a${filter}][b${filter}]${filter}[${filter}]`),
  ];
  const { log } = await runFfmpeg({
    ...common(task, samples, samples.frames / countedFps),
    inputs: [trial.path, ...samples.paths].map((path) => ({ path, options: matroska })),
    filterGraph: graph.join(';'),
    outputs: [
      {
        target: '-',
        options: [...filters.flatMap((filter) => ['-map', `[${filter}]`]), '-fps_mode', 'passthrough', '-f', 'null'],
      },
    ],
    logLevel: 'info',
  });
  return readScore(log);
}

const common = (task: Work, { inputName }: Samples, seconds: number) => ({
  inputName,
  signal: task.signal,
  onProgress: reportFraction(task, seconds),
});

const countedFps = 25;

/** Times are replaced by frame numbers, so frames are compared one by one. */
const frameCounted = `settb=1/${countedFps},setpts=N`;
/** As the ladder scales; up for the screen, players do no better. */
const scale = ({ width, height }: Size) => `scale=${width}:${height}:flags=lanczos,setsar=1`;

function inOrder({ paths }: Samples, first: number): string {
  return `${paths.map((_, index) => `[${first + index}:v]`).join('')}concat=n=${paths.length}`;
}

export function readScore(log: string): Score {
  const ssim = /SSIM Y:([\d.]+)/.exec(log)?.[1];
  const psnr = /PSNR y:([\d.]+|inf)/.exec(log)?.[1];
  const vmaf = /VMAF score: ([\d.]+)/.exec(log)?.[1];
  if (ssim === undefined) throw new TypeError('the ssim filter reported nothing');
  return {
    ssim: Number(ssim),
    psnr: psnr === 'inf' || psnr === undefined ? 100 : Number(psnr),
    ...(vmaf === undefined ? {} : { vmaf: Number(vmaf) }),
  };
}
