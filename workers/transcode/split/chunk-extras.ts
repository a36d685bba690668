import { join } from 'node:path';
import { spriteTile } from '../../media/sprite.ts';
import { type ExtraPicture, planExtras, posterChain } from '../ladder-extras.ts';
import { isStreaming, type Plan } from '../plan.ts';
import type { ChunkOrder } from './orders.ts';

/** The poster is chosen among the first ten seconds, so the first chunk makes it; every chunk takes the tiles that lie in it. */
export function planChunkExtras({ plan, stretch, opensResult }: ChunkOrder, root: string): readonly ExtraPicture[] {
  if (!isStreaming(plan.container)) return [];
  return planExtras(plan, root).flatMap((extra) => {
    if (extra.layout === undefined) return opensResult ? [{ ...extra, chain: poster(plan, extra) }] : [];
    if (stretch.tiles.length === 0) return [];
    return [{ ...extra, path: join(root, 'tiles.yuv'), chain: `${pick(stretch.tiles)},${spriteTile(extra.layout)}` }];
  });
}

/** Without the clip's lead, which the chunk has left behind. */
function poster({ clip }: Plan, { size }: ExtraPicture): string {
  return `${clip.leadSeconds > 0 ? 'setpts=PTS-STARTPTS,' : ''}${posterChain(size)}`;
}

/** The first frame at or after each time. */
function pick(seconds: readonly number[]): string {
  const frames = seconds.map((at) => `gte(t\\,${at.toFixed(6)})*not(gte(prev_t\\,${at.toFixed(6)}))`);
  return `select=${frames.join('+')}`;
}
