import { fineClock } from '../frame-clock.ts';
import { type Clock, clockOf, leadTicks, type Range, rangeOf, type Span } from './clock.ts';
import { mostPictures, type Packet, type PacketTable } from './read-packets.ts';
import { Uncuttable } from './uncuttable.ts';

/** The frames of the source as they leave the filters: those of the result, and what lies around a clip. */
export interface Timeline extends Range {
  /** In seconds of the result; before a clip they are negative. */
  readonly seconds: readonly number[];
  /** The same frames where the filters begin: before the speed is changed, and with what is decoded ahead of the clip. */
  readonly media: readonly number[];
  /** Frames at which the source can be opened, as positions in `seconds`. */
  readonly keyframes: readonly number[];
  /** For each of them where to seek, in the file's own clock. */
  readonly seeks: readonly number[];
  /** Frames the encoder forces to be keyframes; undefined: none. */
  readonly forced: readonly number[] | undefined;
  /** Frames are counted by a rate that was asked for, not by the packets of the file. */
  readonly resampled: boolean;
  readonly clock: Clock;
}

export interface TimelineWish extends Span {
  readonly fps?: number | undefined;
  readonly keyframeSeconds?: number | undefined;
  /** Fields are joined: the filter that does it counts in half ticks. */
  readonly joinsFields?: boolean;
}

/** Containers whose times may jump where recordings were joined; ffmpeg then bends them, differently from every starting point. */
const jumping = new Set(['mpegts', 'mpeg', 'flv']);
const jumpSeconds = 5;
/** Closer frames could not be told apart after rounding to microseconds. */
const leastGapSeconds = 0.0002;

/** @throws Uncuttable when a frame has no time of its own. */
export function readTimeline(table: PacketTable, demuxer: string, wish: TimelineWish): Timeline {
  const shown = shownPackets(table, demuxer);
  const clock = clockOf(table, wish);
  const decoded = shown.map(({ pts }) => pts - clock.startTicks);
  const own = decoded.map((ticks) => ticks * clock.tick);
  // A clip that is sought drops what is decoded ahead of it before the first filter.
  const kept =
    wish.clip.seekSeconds > 0
      ? Math.max(
          0,
          decoded.findIndex((ticks) => ticks >= 0),
        )
      : 0;
  const keys = shown.flatMap(({ keyframe }, index) => (keyframe ? [index] : []));
  const frames =
    wish.fps === undefined
      ? ownFrames(decoded, own, kept, table, wish)
      : newFrames(decoded, kept, wish.fps, table, wish);
  const keyframes = wish.fps === undefined ? keys : keys.map((index) => firstAtOrAfter(frames.media, own[index] ?? 0));
  const { first, end, seconds } = frames;
  return {
    ...frames,
    keyframes,
    seeks: keys.map((index) => after(own, index) + clock.startSeconds),
    forced:
      wish.keyframeSeconds === undefined
        ? undefined
        : forcedFrames(seconds.slice(first, end), wish.keyframeSeconds).map((index) => first + index),
    resampled: wish.fps !== undefined,
    clock,
  };
}

type Frames = Pick<Timeline, 'seconds' | 'media' | 'first' | 'end'>;

/** `setpts=PTS/speed` cuts off what is less than a tick. @throws Uncuttable when two frames fall together. */
function ownFrames(
  decoded: readonly number[],
  own: readonly number[],
  kept: number,
  { timeBase }: PacketTable,
  span: TimelineWish,
): Frames {
  const { speed, joinsFields = false } = span;
  const tick = timeBase[0] / timeBase[1];
  const unit = speed !== 1 ? 1 / fineClock(timeBase) : joinsFields ? tick / 2 : tick;
  const fine = (at: number) => (unit === tick ? at : Math.round((at * tick) / unit));
  const ticks = decoded.map((at) => (speed === 1 ? fine(at) : Math.trunc(fine(at) / speed)));
  if (speed !== 1 && ticks.some((at, index) => index > kept && at === ticks[index - 1]))
    throw new Uncuttable('two of its pictures have the same time at this speed');
  const encoderTick = 1 / fineClock(timeBase);
  const leadSeconds = leadTicks(encoderTick, span) * encoderTick;
  const seconds = speed === 1 && leadSeconds === 0 ? own : ticks.map((at) => at * unit - leadSeconds);
  return { seconds, media: own, ...rangeOf(ticks, { unit, from: kept, leadSeconds }, span) };
}

/**
 * The grid of the fps filter, which rounds to the nearest, behind the filters that change the speed; how the very last frames fall is
 * known only when they are made. @throws Uncuttable when a gap between two pictures makes them too many.
 */
function newFrames(
  decoded: readonly number[],
  kept: number,
  fps: number,
  { timeBase: [above, below] }: PacketTable,
  span: TimelineWish,
): Frames {
  const { speed } = span;
  const fine = fineClock([above, below]);
  const moved = (ticks: number) => Math.trunc(nearestTo((ticks * above * fine) / below) / speed);
  const slot = (index: number) => {
    const ticks = decoded[index] ?? 0;
    return nearestTo(speed === 1 ? (ticks * above * fps) / below : (moved(ticks) * fps) / fine);
  };
  const first = slot(0);
  const count = slot(decoded.length - 1) - first + 1;
  if (count > mostPictures) throw new Uncuttable('it has too many pictures');
  const grid = Array.from({ length: count }, (_, index) => first + index);
  const unit = 1 / fps;
  const lead = leadTicks(unit, span);
  const media = grid.map((at) => (at * speed) / fps);
  const seconds = lead === 0 && speed === 1 ? media : grid.map((at) => (at - lead) / fps);
  return { seconds, media, ...rangeOf(grid, { unit, from: slot(kept) - first, leadSeconds: lead * unit }, span) };
}

/** Halves go away from zero. */
function nearestTo(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
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

/**
 * `-force_key_frames expr:gte(t,n_forced*every)`, which counts from the first picture: a gap makes several in a row, as it does in a
 * whole run.
 */
export function forcedFrames(seconds: readonly number[], every: number): readonly number[] {
  const forced: number[] = [];
  const [zero = 0] = seconds;
  const tolerance = zero === 0 ? 0 : 1e-9;
  seconds.forEach((at, index) => {
    if (at - zero >= forced.length * every - tolerance) forced.push(index);
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

function after(seconds: readonly number[], index: number): number {
  const own = seconds[index] ?? 0;
  return own + ((seconds[index + 1] ?? own) - own) / 4;
}
