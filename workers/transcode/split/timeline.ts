import type { Packet, PacketTable } from './read-packets.ts';
import { Uncuttable } from './uncuttable.ts';

/** The frames of the result, counted in its seconds. */
export interface Timeline {
  readonly seconds: readonly number[];
  /** Frames at which the source can be opened, as positions in `seconds`. */
  readonly keyframes: readonly number[];
  /** Frames the encoder forces to be keyframes; undefined: none. */
  readonly forced: readonly number[] | undefined;
  /** Frames are counted by a rate that was asked for, not by the packets of the file. */
  readonly resampled: boolean;
}

/** Containers whose times may jump where recordings were joined; ffmpeg then bends them, differently from every starting point. */
const jumping = new Set(['mpegts', 'mpeg', 'flv']);
const jumpSeconds = 5;
/** Closer frames could not be told apart after rounding to microseconds. */
const leastGapSeconds = 0.0002;

/** @throws Uncuttable when a frame has no time of its own. */
export function readTimeline(
  table: PacketTable,
  demuxer: string,
  wish: { readonly fps?: number | undefined; readonly keyframeSeconds?: number | undefined },
): Timeline {
  const shown = shownPackets(table, demuxer);
  const clock = clockOf(table);
  const own = shown.map(({ pts }) => clock(pts));
  const keys = shown.flatMap(({ keyframe }, index) => (keyframe ? [index] : []));
  const seconds = wish.fps === undefined ? own : resample(own, wish.fps);
  const keyframes = wish.fps === undefined ? keys : keys.map((index) => firstAtOrAfter(seconds, own[index] ?? 0));
  const forced = wish.keyframeSeconds === undefined ? undefined : forcedFrames(seconds, wish.keyframeSeconds);
  return { seconds, keyframes, forced, resampled: wish.fps !== undefined };
}

/** The first instant of the file in ticks of the stream, rounded as ffmpeg does. */
export function startTicksOf({ timeBase: [above, below], startMicros }: PacketTable): number {
  return Math.sign(startMicros) * Math.round((Math.abs(startMicros) * below) / (above * 1e6));
}

/** Ticks of the stream to seconds of the result. */
function clockOf(table: PacketTable): (pts: number) => number {
  const startTicks = startTicksOf(table);
  const [above, below] = table.timeBase;
  const tick = above / below;
  return (pts) => (pts - startTicks) * tick;
}

/** In order of showing. @throws Uncuttable */
function shownPackets({ packets, timeBase: [above, below] }: PacketTable, demuxer: string): readonly Packet[] {
  if (packets.some(({ pts }) => Number.isNaN(pts))) throw new Uncuttable('some of its pictures have no time');
  const shown = packets.filter(({ discarded }) => !discarded).sort((a, b) => a.pts - b.pts);
  if (shown.length < 2) throw new Uncuttable('it has fewer than two pictures');
  const mostTicks = (jumpSeconds * below) / above;
  const leastTicks = (leastGapSeconds * below) / above;
  for (let index = 1; index < shown.length; index++) {
    const gap = (shown[index]?.pts ?? 0) - (shown[index - 1]?.pts ?? 0);
    if (gap < leastTicks) throw new Uncuttable('two of its pictures have the same time');
    if (gap > mostTicks && jumping.has(demuxer)) throw new Uncuttable('its clock jumps');
  }
  return shown;
}

/** The grid of the fps filter, which rounds to the nearest; how the very last frames fall is known only when they are made. */
function resample(own: readonly number[], fps: number): readonly number[] {
  const first = Math.round((own[0] ?? 0) * fps);
  const last = Math.round((own.at(-1) ?? 0) * fps);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) / fps);
}

/** `-force_key_frames expr:gte(t,n_forced*every)`: a gap in the picture makes several in a row, as it does in a whole run. */
export function forcedFrames(seconds: readonly number[], every: number): readonly number[] {
  const forced: number[] = [];
  seconds.forEach((at, index) => {
    if (at >= forced.length * every) forced.push(index);
  });
  return forced;
}

/** Position of the first frame that is not before `at` (a hair of tolerance: the same instant on two clocks). */
export function firstAtOrAfter(seconds: readonly number[], at: number): number {
  let [low, high] = [0, seconds.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((seconds[middle] ?? 0) >= at - 1e-6) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Between a frame and the one before it, nearer to the frame: coarse clocks then round to the frame itself. */
export function before(seconds: readonly number[], index: number): number {
  const [earlier = 0, own = 0] = [seconds[index - 1], seconds[index]];
  return index === 0 ? own : own - (own - earlier) / 4;
}

export function after(seconds: readonly number[], index: number): number {
  const own = seconds[index] ?? 0;
  return own + ((seconds[index + 1] ?? own) - own) / 4;
}
