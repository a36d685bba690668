import { InputError } from '../../shared/errors.ts';
import type { Source } from './open-source.ts';

/** Seconds of the source; `end` beyond its end means its end. */
export interface ClipRequest {
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

export interface Clip {
  /** Before `-i`. */
  readonly inputOptions: readonly string[];
  /** On every output. */
  readonly outputOptions: readonly string[];
  /** Where `inputOptions` begin to read, counted from the first instant of the source; 0: they say nothing of it. */
  readonly seekSeconds: number;
  /** How long the result should be. */
  readonly seconds: number;
  /** `outputOptions` end the result there; or else it ends with the source. */
  readonly ends: boolean;
  /** How much of the decoded media lies before the clip, in the source's time: filters see it, the result does not. */
  readonly leadSeconds: number;
}

/** Containers whose index leads exactly to the keyframe before a time. */
const exactSeek = new Set(['mov', 'matroska']);
/** Elsewhere a seek may land late, so it aims this much earlier and ffmpeg drops the surplus by time. */
const marginSeconds = 10;

/** `speed` is applied by filters, and what is cut on the output is cut after them. @throws InputError when the clip begins after the file ends. */
export function cutClip(source: Source, request: ClipRequest | undefined, speed = 1): Clip {
  const start = request?.start ?? 0;
  const known = source.durationSeconds > 0;
  if (known && start >= source.durationSeconds) {
    throw new InputError(
      `The clip begins at ${start} s, but "${source.file.name}" ends at ${source.durationSeconds.toFixed(1)} s. Choose an earlier start.`,
    );
  }
  const end = known ? Math.min(request?.end ?? source.durationSeconds, source.durationSeconds) : (request?.end ?? 0);
  const seconds = Math.max(0, end - start);
  const ends = request?.end !== undefined;
  const length = ends ? ['-t', (seconds / speed).toFixed(6)] : [];
  const coarse = coarseSeek(source, start);
  return {
    inputOptions: [...(coarse > 0 ? ['-ss', coarse.toFixed(6)] : []), ...readNoFurther(request?.end, end - coarse)],
    outputOptions: [...(start > coarse ? ['-ss', ((start - coarse) / speed).toFixed(6)] : []), ...length],
    seekSeconds: coarse,
    seconds: seconds / speed,
    ends,
    leadSeconds: start - coarse,
  };
}

/** Sound alone is decoded from the start: it is cheap, and MP3 without an index cannot seek exactly. */
function coarseSeek(source: Source, start: number): number {
  if (source.video === undefined) return 0;
  return exactSeek.has(source.demuxer) ? start : Math.max(0, start - marginSeconds);
}

/** Branches that look at the whole picture (sprites) end with the input, so it ends with the clip, give or take a second. */
function readNoFurther(asked: number | undefined, seconds: number): string[] {
  return asked === undefined ? [] : ['-t', (seconds + 1).toFixed(6)];
}
