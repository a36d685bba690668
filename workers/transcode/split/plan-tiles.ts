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

/** What `fps=1/every:round=up` takes: for each tile the last frame that is not after its time. */
export function planTiles(plan: Plan, { seconds }: Pick<Timeline, 'seconds'>): Tiles {
  if (!isStreaming(plan.container) || !plan.extras.sprite || plan.video === undefined) return { frames: [], order: [] };
  const { count, everySeconds } = layOutSprite(plan.clip.seconds, plan.video.canvas, {});
  const shown = Array.from({ length: count }, (_, tile) =>
    Math.max(0, lastAtOrBefore(seconds, tile * everySeconds + 1e-6)),
  );
  const frames = [...new Set(shown)];
  return { frames, order: shown.map((frame) => frames.indexOf(frame)) };
}
