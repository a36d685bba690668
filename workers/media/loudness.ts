import { runFfmpeg } from './ffmpeg.ts';
import type { Source } from './open-source.ts';
import { type FfmpegProgress, tellMetadata } from './read-progress.ts';

/** EBU R128 of one track. */
export interface Loudness {
  /** LUFS. */
  readonly integrated: number;
  /** dBTP. */
  readonly truePeak: number;
  /** LU. */
  readonly range: number;
}

export interface LoudnessTarget {
  readonly lufs: number;
  readonly truePeak: number;
}

const targetRange = 11;

export interface Measurement {
  /** `integrated` is undefined for silence and for less than 0.4 s, which have no loudness; the peak of silence is too. */
  readonly loudness: { readonly [Key in keyof Loudness]: Loudness[Key] | undefined };
  /** How much was heard. */
  readonly seconds: number;
  /** What ffmpeg said. */
  readonly log: string;
}

interface Run {
  readonly signal: AbortSignal;
  readonly inputOptions?: readonly string[];
  /** What is measured is what these filters make of the track. */
  readonly before?: readonly string[];
  readonly onProgress?: (progress: FfmpegProgress) => void;
}

interface MeterRun extends Run {
  /** What was measured of the first `seconds`. */
  readonly onLoudness?: (running: Pick<Loudness, 'integrated' | 'truePeak'>, seconds: number) => void;
}

/** Measures a track to a tenth of a unit, as R128 meters show it. Costs a sixth of what loudnorm does. */
export async function measureLoudness(source: Source, track: number, run: MeterRun): Promise<Measurement> {
  const { seconds, log } = await hear(source, track, meter, {
    ...run,
    onProgress: (progress) => {
      const running = readRunning(progress.metadata);
      if (running !== undefined) run.onLoudness?.(running, progress.seconds ?? 0);
      run.onProgress?.(progress);
    },
  });
  return { loudness: readSummary(log), seconds, log };
}

/** The meter's values stand on every tenth of a second; those of every second are told. */
const meter = `ebur128=peak=true:framelog=verbose:metadata=1,asplit[heard][some];[some]aselect='not(mod(n\\,10))',${tellMetadata},anullsink`;

/** Undefined before there was anything to hear. The peak is told as an amplitude. */
function readRunning(metadata: FfmpegProgress['metadata'] = {}) {
  const integrated = Number(metadata['lavfi.r128.I']);
  const truePeak = 20 * Math.log10(Number(metadata['lavfi.r128.true_peak']));
  return integrated > gate && Number.isFinite(truePeak) ? { integrated, truePeak } : undefined;
}

/** The gate below which nothing counts: what has this loudness was not heard at all. */
const gate = -70;

/** The last that ebur128 says: `I: -23.0 LUFS`, `LRA: 0.0 LU`, `Peak: -23.0 dBFS` (`-inf` for silence). */
export function readSummary(log: string): Measurement['loudness'] {
  const summary = log.slice(log.lastIndexOf('Summary:'));
  const value = (name: string) => {
    const number = Number(new RegExp(`\\b${name}: +(-?[\\d.]+) `).exec(summary)?.[1]);
    return Number.isFinite(number) ? number : undefined;
  };
  const integrated = value('I');
  const audible = integrated !== undefined && integrated > gate;
  return {
    integrated: audible ? integrated : undefined,
    truePeak: value('Peak'),
    range: audible ? value('LRA') : undefined,
  };
}

/** A plain gain, which leaves the dynamics alone; undefined where the peaks would rise above the ceiling. */
export function plainGain({ integrated, truePeak }: Loudness, target: LoudnessTarget): string | undefined {
  const gain = target.lufs - integrated;
  return truePeak + gain <= target.truePeak ? `volume=${gain.toFixed(2)}dB` : undefined;
}

/** loudnorm looks at three seconds at once and gets less than that wrong, by tens of LU (seen in 5.1.9). */
const leastForLoudnorm = 4;

/**
 * A gain whose peaks are held below the ceiling. loudnorm's, told what its own measuring found, for it alone knows by how much it
 * would miss. Limiters work at 192 kHz, where peaks between samples show, and the rate is set back.
 */
export async function planLimiter(
  source: Source,
  track: number,
  { integrated }: Loudness,
  target: LoudnessTarget,
  run: Run,
): Promise<string> {
  const first = `loudnorm=I=${target.lufs}:TP=${target.truePeak}:LRA=${targetRange}:print_format=json[heard]`;
  const { seconds, log } = await hear(source, track, first, run);
  const measured = readLoudnorm(log);
  if (measured === undefined || seconds < leastForLoudnorm) {
    const ceiling = 10 ** (target.truePeak / 20);
    const limiter = `alimiter=limit=${ceiling.toFixed(4)}:level=false:latency=true`;
    return `volume=${(target.lufs - integrated).toFixed(2)}dB,aresample=192000,${limiter},aresample=48000`;
  }
  const range = Math.max(targetRange, Math.min(50, Math.ceil(measured.range)));
  const said = `measured_I=${measured.integrated}:measured_TP=${measured.truePeak}:measured_LRA=${measured.range}`;
  const wanted = `I=${target.lufs}:TP=${target.truePeak}:LRA=${range}`;
  return `loudnorm=${wanted}:${said}:measured_thresh=${measured.threshold}:offset=${measured.offset}:linear=true,aresample=48000`;
}

async function hear(source: Source, track: number, filter: string, run: Run) {
  let seconds = 0;
  const chain = [...(run.before ?? []), filter].join(',');
  const { log } = await runFfmpeg({
    inputs: [{ path: source.file.path, options: [...source.inputOptions, ...(run.inputOptions ?? [])] }],
    filterGraph: `[0:${track}]${chain}`,
    outputs: [{ target: '-', options: ['-map', '[heard]', '-f', 'null'] }],
    logLevel: 'info',
    inputName: source.file.name,
    signal: run.signal,
    onProgress: (progress) => {
      if (progress.told !== true) seconds = progress.seconds ?? seconds;
      run.onProgress?.(progress);
    },
  });
  return { seconds, log };
}

/** Ends the log with one JSON object whose values are strings; silence measures "-inf". */
export function readLoudnorm(
  log: string,
): (Loudness & { readonly threshold: number; readonly offset: number }) | undefined {
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
