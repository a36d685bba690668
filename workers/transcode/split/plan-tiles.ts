import { layOutSprite } from '../../media/sprite.ts';
import { isStreaming, type Plan } from '../plan.ts';
import { lastAtOrBefore } from './place-cuts.ts';
import type { Timeline } from './timeline.ts';

export interface Tiles {
  /** Positions of the frames that are shown on the sprite, each once. */
  readonly frames: readonly number[];
  /** For each tile, which of `frames` it shows. */
  readonly order: readonly number[];
}

/**
 * What `fps=1/every:round=up` takes: for each tile the last frame that is not after its time. A clip that is decoded from earlier
 * counts from its first frame.
 */
export function planTiles(plan: Plan, { seconds, first, end }: Pick<Timeline, 'seconds' | 'first' | 'end'>): Tiles {
  if (!isStreaming(plan.container) || !plan.extras.sprite || plan.video === undefined) return { frames: [], order: [] };
  const { count, everySeconds } = layOutSprite(plan.clip.seconds, plan.video.canvas, {});
  const zero = plan.clip.leadSeconds > 0 ? (seconds[first] ?? 0) : 0;
  const shown = Array.from({ length: count }, (_, tile) => {
    const last = lastAtOrBefore(seconds, zero + tile * everySeconds + 1e-6);
    return Math.min(end - 1, Math.max(first, last));
  });
  const frames = [...new Set(shown)];
  return { frames, order: shown.map((frame) => frames.indexOf(frame)) };
}
