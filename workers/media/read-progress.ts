import type { Readable } from 'node:stream';

export interface FfmpegProgress {
  /** Media time written so far; undefined while ffmpeg does not know. */
  readonly seconds: number | undefined;
  /** Pictures written so far; undefined where there are none. */
  readonly frames?: number | undefined;
  /** False when nothing moved since the last report: no frame, no byte, no media time. */
  readonly advanced: boolean;
  /** True of frames that passed `tellFrames`, whether or not they were written. */
  readonly told?: boolean;
  /** Of the process, in seconds; undefined where the system does not tell. */
  readonly cpuSeconds?: number | undefined;
  /** What `tellMetadata` told last, by key. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/**
 * A stretch of a filter chain that tells of each frame that passes it. For runs in which an output begins late (a sheet of
 * tiles is one picture, at the end): `-progress` is silent until all outputs have begun.
 */
export const tellFrames = "metadata=mode=add:key=told:value=1,metadata=mode=print:key=told:file='pipe\\:1':direct=1";

/** The same for a chain of sound. */
export const tellSamples = tellFrames.replaceAll('metadata=mode', 'ametadata=mode');

/** A stretch of a chain of sound that tells what filters have written onto it. */
export const tellMetadata = "ametadata=mode=print:file='pipe\\:1':direct=1";

/** Of the frames told only so many are reported. */
const framesEveryMs = 100;

/**
 * Reads the `key=value` blocks of `ffmpeg -progress`, each ended by a `progress=` line, and what `tellFrames` says between
 * them (`frame:12 pts:6144 pts_time:0.48`).
 */
export function readProgress(stream: Readable | null | undefined, report: (progress: FfmpegProgress) => void): void {
  const reportFrame = throttle(report);
  let rest = '';
  let block: Record<string, string> = {};
  let before = '';
  let metadata: FfmpegProgress['metadata'];
  stream?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const frame = /^frame:\d+ +pts:\S+ +pts_time:([\d.]+)/.exec(line);
      if (frame) {
        reportFrame({ seconds: Number(frame[1]), advanced: true, told: true });
        continue;
      }
      const [key = '', value = ''] = line.split('=', 2);
      if (key.startsWith('lavfi.')) metadata = { ...metadata, [key]: value };
      block[key.trim()] = value.trim();
      if (key !== 'progress') continue;
      const now = `${block.out_time_us}/${block.frame}/${block.total_size}/${value}`;
      const frames = block.frame === undefined ? undefined : Number(block.frame);
      report({ seconds: secondsOf(block), frames, advanced: now !== before, metadata });
      before = now;
      block = {};
    }
  });
}

function throttle(report: (progress: FfmpegProgress) => void): (progress: FfmpegProgress) => void {
  let next = 0;
  return (progress) => {
    const now = performance.now();
    if (now < next) return;
    next = now + framesEveryMs;
    report(progress);
  };
}

function secondsOf(block: Readonly<Record<string, string>>): number | undefined {
  const micros = Number(block.out_time_us);
  return Number.isFinite(micros) && micros >= 0 ? micros / 1e6 : undefined;
}
