import { join } from 'node:path';
import type { Task } from '../kind.ts';
import { encodeVideo, type VideoEncoding } from '../media/encoders.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';

/** Of the luma: SSIM 0 … 1, PSNR in dB. */
export interface Score {
  readonly ssim: number;
  readonly psnr: number;
}

export interface Trial extends Score {
  readonly crf: number;
}

const lossless = ['-protocol_whitelist', 'file', '-format_whitelist', 'matroska', '-f', 'matroska'];

/** Encodes the samples one behind the other and compares every frame with what went in. */
export async function measureQuality(
  task: Pick<Task<unknown>, 'scratch' | 'signal' | 'progress'>,
  references: readonly string[],
  encoding: VideoEncoding & { readonly crf: number },
  inputName: string,
): Promise<Trial> {
  const trial = join(task.scratch, 'trial.mkv');
  const common = { inputName, signal: task.signal, onProgress: () => task.progress(0.01) };
  const inputs = references.map((path) => ({ path, options: lossless }));
  await runFfmpeg({
    ...common,
    inputs,
    filterGraph: inOrder(0, references.length, 'samples'),
    outputs: [
      {
        target: trial,
        options: ['-map', '[samples]', '-fps_mode', 'passthrough', ...encodeVideo(encoding), '-f', 'matroska'],
      },
    ],
  });
  const compare = '[a]split[a1][a2];[b]split[b1][b2];[a1][b1]ssim[s];[a2][b2]psnr[p]';
  const { log } = await runFfmpeg({
    ...common,
    inputs: [{ path: trial, options: lossless }, ...inputs],
    filterGraph: `[0:v]${frameCounted}[a];${inOrder(1, references.length, 'joined')};[joined]${frameCounted}[b];${compare}`,
    outputs: [{ target: '-', options: ['-map', '[s]', '-map', '[p]', '-fps_mode', 'passthrough', '-f', 'null'] }],
    logLevel: 'info',
  });
  return { crf: encoding.crf, ...readScore(log) };
}

/** Times are replaced by frame numbers, so frames are compared one by one. */
const frameCounted = 'settb=1/25,setpts=N';

function inOrder(first: number, count: number, out: string): string {
  const pads = Array.from({ length: count }, (_, index) => `[${first + index}:v]`).join('');
  return `${pads}concat=n=${count}[${out}]`;
}

export function readScore(log: string): Score {
  const ssim = /SSIM Y:([\d.]+)/.exec(log)?.[1];
  const psnr = /PSNR y:([\d.]+|inf)/.exec(log)?.[1];
  if (ssim === undefined) throw new TypeError('the ssim filter reported nothing');
  return { ssim: Number(ssim), psnr: psnr === 'inf' || psnr === undefined ? 100 : Number(psnr) };
}
