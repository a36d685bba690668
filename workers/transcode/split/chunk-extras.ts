import { join } from 'node:path';
import { spriteTile } from '../../media/sprite.ts';
import { type ExtraPicture, planExtras } from '../ladder-extras.ts';
import { isStreaming } from '../plan.ts';
import type { ChunkOrder } from './orders.ts';

/** The poster is chosen among the first ten seconds, so the first chunk makes it; every chunk takes the tiles that lie in it. */
export function planChunkExtras({ plan, stretch }: ChunkOrder, root: string): readonly ExtraPicture[] {
  if (!isStreaming(plan.container)) return [];
  return planExtras(plan, root).flatMap((extra) => {
    if (extra.layout === undefined) return stretch.fromSeconds === undefined ? [extra] : [];
    if (stretch.tiles.length === 0) return [];
    return [{ ...extra, path: join(root, 'tiles.yuv'), chain: `${pick(stretch.tiles)},${spriteTile(extra.layout)}` }];
  });
}

/** The first frame at or after each time. */
function pick(seconds: readonly number[]): string {
  const frames = seconds.map((at) => `gte(t\\,${at.toFixed(6)})*not(gte(prev_t\\,${at.toFixed(6)}))`);
  return `select=${frames.join('+')}`;
}
