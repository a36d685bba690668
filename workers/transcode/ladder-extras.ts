import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Output } from '../kind.ts';
import { inFormat } from '../media/colour-matrix.ts';
import { fitInside, type Size } from '../media/display-size.ts';
import { asJpeg, layOutSprite, type SpriteLayout, spriteSheet, writeSpriteTrack } from '../media/sprite.ts';
import type { Plan } from './plan.ts';

/** A picture made beside the rungs, from the same decode. */
export interface ExtraPicture {
  readonly name: 'poster' | 'sprite';
  readonly path: string;
  readonly size: Size;
  readonly layout: SpriteLayout | undefined;
  /** Its filters, when they are not the usual ones (split/). */
  readonly chain?: string;
}

export function planExtras(plan: Plan, root: string): readonly ExtraPicture[] {
  if (plan.video === undefined) return [];
  const { canvas } = plan.video;
  const path = (name: string) => join(root, `${name}.jpg`);
  const layout = layOutSprite(plan.clip.seconds, canvas, {});
  return [
    ...(plan.extras.poster
      ? [{ name: 'poster' as const, path: path('poster'), size: fitInside(canvas, { width: 1280 }), layout: undefined }]
      : []),
    ...(plan.extras.sprite ? [{ name: 'sprite' as const, path: path('sprite'), size: layout.tile, layout }] : []),
  ];
}

export function extraBranch(
  { name, size, layout, chain: own }: ExtraPicture,
  plan: Pick<Plan, 'clip' | 'speed'>,
): string {
  if (own !== undefined) return `[x${name}]${own}[y${name}]`;
  const chain = layout === undefined ? posterChain(size) : spriteSheet(layout);
  return `[x${name}]${[...onlyTheClip(plan), chain].join(',')}[y${name}]`;
}

/**
 * The most typical of the pictures of the first ten seconds, two a second, that are neither nearly black nor nearly white (as in
 * poster); of all of them where none is.
 */
export function posterChain({ width, height }: Size): string {
  const lit = 'metadata=mode=select:key=lavfi.signalstats.YAVG:value=0:function=expr:expr=between(VALUE1\\,32\\,225)';
  const chosen = [
    `fps=2:start_time=0:round=up,trim=end=10,scale=${width}:${height},setsar=1,signalstats,split=2[every][some]`,
    `[some]${lit},thumbnail=20[best]`,
    '[every]thumbnail=20[any]',
    '[best][any]concat=n=2,setpts=N',
  ];
  return `${chosen.join(';')},scale=${width}:${height}:${asJpeg},${inFormat('yuvj420p')}`;
}

/** What is decoded around a clip is cut off by the muxers, and these pictures have none. */
export function onlyTheClip({ clip, speed }: Pick<Plan, 'clip' | 'speed'>): string[] {
  const lead = clip.leadSeconds / speed;
  const from = lead > 0 ? [`start=${lead.toFixed(6)}`] : [];
  const until = clip.ends ? [`end=${(lead + clip.seconds).toFixed(6)}`] : [];
  if (from.length + until.length === 0) return [];
  return [`trim=${[...from, ...until].join(':')}`, ...(lead > 0 ? ['setpts=PTS-STARTPTS'] : [])];
}

export function extraOutput({ name, path }: ExtraPicture): { target: string; options: string[] } {
  const options = ['-map', `[y${name}]`, '-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '4', '-update', '1'];
  return { target: path, options: [...options, '-f', 'image2'] };
}

/** What was made of them; a picture that did not come (a source shorter than a frame) is left out. */
export async function extraOutputs(
  extras: readonly ExtraPicture[],
  plan: Plan,
  root: string,
): Promise<readonly Output[]> {
  const made: Output[] = [];
  for (const { name, path, size, layout } of extras) {
    if ((await stat(path).catch(() => ({ size: 0 }))).size === 0) continue;
    const facts =
      layout === undefined
        ? size
        : { width: layout.tile.width * layout.columns, height: layout.tile.height * layout.rows };
    made.push({
      name: `${name}.jpg`,
      path,
      mediaType: 'image/jpeg',
      facts: { width: facts.width, height: facts.height },
    });
    if (layout === undefined) continue;
    const track = join(root, 'sprite.vtt');
    await writeFile(track, writeSpriteTrack(layout, plan.clip.seconds, 'sprite.jpg'));
    made.push({ name: 'sprite.vtt', path: track, mediaType: 'text/vtt' });
  }
  return made;
}
