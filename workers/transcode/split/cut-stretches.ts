import type { Stretch } from './orders.ts';
import { openingOf } from './place-cuts.ts';
import { after, before, type Timeline } from './timeline.ts';

/** Positions of cuts made into stretches; `tiles` are positions of frames. */
export function cutStretches(
  timeline: Timeline,
  cuts: readonly number[],
  tiles: readonly number[],
  startMicros: number,
): readonly Stretch[] {
  const { seconds, forced = [] } = timeline;
  return cuts.map((first, index) => {
    const next = cuts[index + 1];
    const end = next ?? seconds.length;
    const inside = (position: number) => position >= first && position < end;
    const opening = index === 0 ? undefined : openingOf(timeline, first);
    const bound = (position: number) => round(before(seconds, position));
    return {
      seekSeconds: opening === undefined ? undefined : round(after(seconds, opening) + startMicros / 1e6),
      fromSeconds: index === 0 ? undefined : bound(first),
      untilSeconds: next === undefined ? undefined : bound(next),
      firstSeconds: round(seconds[first] ?? 0),
      lastSeconds: round(seconds[end - 1] ?? 0),
      frames: end - first,
      keyframes: forced.filter(inside).map(bound),
      tiles: tiles.filter(inside).map(bound),
    };
  });
}

function round(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
