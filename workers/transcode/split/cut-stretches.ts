import type { Stretch } from './orders.ts';
import { openingOf } from './place-cuts.ts';
import { before, type Timeline } from './timeline.ts';
import { Uncuttable } from './uncuttable.ts';

/** They are named one by one, and Linux takes 128 KiB for an argument of a program. */
const mostKeyframes = 8000;

/** Positions of cuts made into stretches; `tiles` are positions of frames. @throws Uncuttable when a gap forces too many keyframes in a row. */
export function cutStretches(
  timeline: Timeline,
  cuts: readonly number[],
  tiles: readonly number[],
): readonly Stretch[] {
  const { seconds, media, forced = [], seeks } = timeline;
  const bound = (position: number) => round(before(media, position));
  const moment = (position: number) => round(before(seconds, position));
  return cuts.map((first, index) => {
    const end = cuts[index + 1] ?? timeline.end;
    const inside = (position: number) => position >= first && position < end;
    const opening = openingOf(timeline, first);
    const keyframes = forced.filter(inside).map(moment);
    if (keyframes.length > mostKeyframes) throw new Uncuttable('a piece of it would have too many keyframes');
    return {
      seekSeconds: opening === undefined ? undefined : round(seeks[opening] ?? 0),
      fromSeconds: first === 0 ? undefined : bound(first),
      untilSeconds: end === seconds.length ? undefined : bound(end),
      firstSeconds: round(seconds[first] ?? 0),
      lastSeconds: round(seconds[end - 1] ?? 0),
      frames: end - first,
      keyframes,
      tiles: tiles.filter(inside).map(moment),
    };
  });
}

function round(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
