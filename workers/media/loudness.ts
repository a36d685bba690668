import { runFfmpeg } from './ffmpeg.ts';
import type { Source } from './open-source.ts';
import type { FfmpegProgress } from './read-progress.ts';

/** EBU R128 of one track. */
export interface Loudness {
  /** LUFS. */
  readonly integrated: number;
  /** dBTP. */
  readonly truePeak: number;
  /** LU. */
  readonly range: number;
  /** LUFS; what loudnorm asks back in its second pass. */
  readonly threshold: number;
  readonly offset: number;
}

export interface LoudnessTarget {
  readonly lufs: number;
  readonly truePeak: number;
}

const targetRange = 11;

export interface Measurement {
  /** Undefined for silence, which has no loudness. */
  readonly loudness: Loudness | undefined;
  /** How much was heard. */
  readonly seconds: number;
  /** What ffmpeg said. */
  readonly log: string;
}

/** Measures a track, or what `before` filters make of it. */
export async function measureLoudness(
  source: Source,
  track: number,
  target: LoudnessTarget,
  run: {
    readonly signal: AbortSignal;
    readonly inputOptions?: readonly string[];
    readonly outputOptions?: readonly string[];
    readonly before?: readonly string[];
    readonly onProgress?: (progress: FfmpegProgress) => void;
  },
): Promise<Measurement> {
  let seconds = 0;
  const filter = [
    ...(run.before ?? []),
    `loudnorm=I=${target.lufs}:TP=${target.truePeak}:LRA=${targetRange}:print_format=json`,
  ];
  const { log } = await runFfmpeg({
    inputs: [{ path: source.file.path, options: [...source.inputOptions, ...(run.inputOptions ?? [])] }],
    outputs: [
      {
        target: '-',
        options: ['-map', `0:${track}`, '-vn', '-af', filter.join(','), ...(run.outputOptions ?? []), '-f', 'null'],
      },
    ],
    logLevel: 'info',
    inputName: source.file.name,
    signal: run.signal,
    onProgress: (progress) => {
      seconds = progress.seconds ?? seconds;
      run.onProgress?.(progress);
    },
  });
  return { loudness: readLoudness(log), seconds, log };
}

/** loudnorm ends the log with one JSON object whose values are strings; silence measures "-inf". */
export function readLoudness(log: string): Loudness | undefined {
  const json = /\{[^{}]*"input_i"[^{}]*\}/.exec(log)?.[0];
  if (json === undefined) return undefined;
  const said = JSON.parse(json) as Record<string, string>;
  const loudness = {
    integrated: Number(said.input_i),
    truePeak: Number(said.input_tp),
    range: Number(said.input_lra),
    threshold: Number(said.input_thresh),
    offset: Number(said.target_offset),
  };
  return Object.values(loudness).every(Number.isFinite) ? loudness : undefined;
}

/**
 * The filter that brings a measured track to the target. A plain gain where the peaks allow it, which leaves the dynamics alone;
 * else loudnorm's limiter. loudnorm works at 192 kHz, so the rate is set back.
 */
export function correctLoudness(measured: Loudness, target: LoudnessTarget): string {
  const gain = target.lufs - measured.integrated;
  if (measured.truePeak + gain <= target.truePeak) return `volume=${gain.toFixed(2)}dB`;
  const said = `measured_I=${measured.integrated}:measured_TP=${measured.truePeak}:measured_LRA=${measured.range}`;
  const wanted = `I=${target.lufs}:TP=${target.truePeak}:LRA=${Math.max(targetRange, Math.min(50, Math.ceil(measured.range)))}`;
  return `loudnorm=${wanted}:${said}:measured_thresh=${measured.threshold}:offset=${measured.offset}:linear=true,aresample=48000`;
}
