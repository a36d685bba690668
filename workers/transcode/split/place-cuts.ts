import type { Timeline } from './timeline.ts';

/** A split plan travels in one message. */
const mostChunks = 400;

export interface CutWish {
  /** About, of the result; longer where it would make too many chunks. */
  readonly chunkSeconds: number;
  readonly firstAtLeast?: number;
  /** Whether what is drawn into the picture allows a cut before this frame. */
  readonly free?: (position: number) => boolean;
}

/** Positions of the frames that open a chunk, the first frame included; one alone when nothing can be cut. */
export function placeCuts(timeline: Timeline, wish: CutWish): readonly number[] {
  const { firstAtLeast = 0, free } = wish;
  const { seconds, keyframes, forced } = timeline;
  const inside = (forced ?? keyframes).filter((position) => position > timeline.first && position < timeline.end);
  const candidates = free === undefined ? inside : inside.filter(free);
  const [first, last] = [seconds[timeline.first] ?? 0, seconds[timeline.end - 1] ?? 0];
  // By the pictures' own times: a header may tell of a few seconds of years.
  const chunkSeconds = Math.max(wish.chunkSeconds, (last - first) / mostChunks);
  const cuts = [timeline.first];
  for (let target = first + chunkSeconds; target < last; target += chunkSeconds) {
    const cut = nearest(candidates, seconds, target);
    if (cut === undefined) continue;
    const at = seconds[cut] ?? 0;
    const sinceLast = at - (seconds[cuts.at(-1) ?? timeline.first] ?? 0);
    if (sinceLast < chunkSeconds / 2 || at - first < firstAtLeast || last - at < chunkSeconds / 2) continue;
    if (at - openingSeconds(timeline, cut) <= longestLead(chunkSeconds)) cuts.push(cut);
  }
  return cuts;
}

/** What lies between the keyframe it opens at and the chunk is decoded for nothing; more than this is not worth a cut. */
function longestLead(chunkSeconds: number): number {
  return Math.max(10, chunkSeconds);
}

function openingSeconds(timeline: Timeline, cut: number): number {
  const opening = openingOf(timeline, cut);
  return timeline.seconds[opening === undefined ? 0 : (timeline.keyframes[opening] ?? 0)] ?? 0;
}

/**
 * Which of the keyframes is the one from which a chunk is decoded: one before the one it needs, since some seeks land late, and what an
 * open GOP shows before its keyframe needs the GOP before. undefined: the beginning.
 */
export function openingOf({ keyframes }: Timeline, cut: number): number | undefined {
  const opening = lastAtOrBefore(keyframes, cut) - 1;
  return opening <= 0 ? undefined : opening;
}

/** Position in `sorted` of the last number not above `most`; -1 when all are. */
export function lastAtOrBefore(sorted: readonly number[], most: number): number {
  let [low, high] = [-1, sorted.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? 0) <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}

function nearest(candidates: readonly number[], seconds: readonly number[], target: number): number | undefined {
  let [low, high] = [0, candidates.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((seconds[candidates[middle] ?? 0] ?? 0) >= target) high = middle;
    else low = middle + 1;
  }
  const distance = (candidate: number | undefined) =>
    candidate === undefined ? Number.POSITIVE_INFINITY : Math.abs((seconds[candidate] ?? 0) - target);
  const [earlier, later] = [candidates[low - 1], candidates[low]];
  return distance(earlier) < distance(later) ? earlier : later;
}
