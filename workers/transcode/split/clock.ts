import type { Clip } from '../../media/clip.ts';
import type { PacketTable } from './read-packets.ts';

/** Where the clip begins and ends, and how fast it is shown. */
export interface Span {
  readonly clip: Pick<Clip, 'seekSeconds' | 'leadSeconds' | 'seconds' | 'ends'>;
  readonly speed: number;
}

/** How ticks of the picture become times of the result, rounded where ffmpeg rounds. */
export interface Clock {
  /** Seconds of a tick. */
  readonly tick: number;
  /** Becomes zero before the first filter: the first instant of the file, or where the clip is sought. */
  readonly startTicks: number;
  /** The same instant in seconds of the file's own clock. */
  readonly startSeconds: number;
}

/** `-ss` is read as whole microseconds and rounded to the clock of the stream, away from zero at a half. */
export function clockOf({ timeBase: [above, below], startMicros }: PacketTable, { clip }: Span): Clock {
  const micros = startMicros + microsOf(clip.seekSeconds);
  const startTicks = Math.sign(micros) * Math.round((Math.abs(micros) * below) / (above * 1e6));
  return { tick: above / below, startTicks, startSeconds: micros / 1e6 };
}

/** Positions from `first` to before `end`. */
export interface Range {
  readonly first: number;
  readonly end: number;
}

/** Ticks that differ by less were the same before floating point. */
const hair = 1e-9;

/**
 * What `-ss` and `-t` before the muxer leave of frames at these times, in units of so many seconds, the clip's lead included: a trim
 * filter that counts from the first frame it lets through, then the encoder's own count from the beginning of the result, which lies
 * `leadSeconds` behind.
 */
export function rangeOf(
  times: readonly number[],
  { unit, from, leadSeconds }: { readonly unit: number; readonly from: number; readonly leadSeconds: number },
  { clip, speed }: Span,
): Range {
  const lead = leadTicks(unit, { clip, speed });
  let first = from;
  while (first < times.length && (times[first] ?? 0) < lead && lead > 0) first++;
  if (!clip.ends) return { first, end: times.length };
  const length = microsOf(clip.seconds) / 1e6;
  const most = Math.round(length / unit + hair);
  let end = first;
  for (; end < times.length; end++) {
    const at = times[end] ?? 0;
    if (at - (times[first] ?? 0) >= most || at * unit - leadSeconds >= length - hair) break;
  }
  return { first, end };
}

/** What lies before the clip in the decoded media, in units of so many seconds. */
export function leadTicks(unit: number, { clip, speed }: Span): number {
  return Math.round(microsOf(clip.leadSeconds / speed) / 1e6 / unit + hair);
}

/** As `toFixed(6)` on the command line says it. */
function microsOf(seconds: number): number {
  return Math.round(Number(seconds.toFixed(6)) * 1e6);
}
