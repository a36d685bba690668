import { inFormat } from './colour-matrix.ts';
import { even, fitInside, type Size } from './display-size.ts';
import { tellFrames } from './read-progress.ts';

/** A sheet of small pictures, one every so many seconds, for the preview above a player's time line. */
export interface SpriteLayout {
  readonly everySeconds: number;
  readonly count: number;
  readonly columns: number;
  readonly rows: number;
  readonly tile: Size;
}

export interface SpriteWish {
  readonly everySeconds?: number | undefined;
  readonly columns?: number | undefined;
  readonly width?: number | undefined;
}

/** JPEG ends at 65 535 pixels a side, and browsers decode a sheet whole: a hundred pictures on one are enough. */
const mostTiles = 100;
const usualEvery = 5;

/** Rarer than asked for when the sheet would get too large. */
export function layOutSprite(seconds: number, source: Size, wish: SpriteWish): SpriteLayout {
  const length = Math.max(seconds, 0.04);
  const everySeconds = Math.max(
    wish.everySeconds ?? Math.min(usualEvery, Math.max(0.5, length / 20)),
    length / mostTiles,
  );
  const count = Math.max(1, Math.ceil(length / everySeconds - 1e-6));
  const columns = Math.min(count, wish.columns ?? 10);
  const tile = fitInside(source, { width: wish.width ?? 160 });
  return {
    everySeconds,
    count,
    columns,
    rows: Math.ceil(count / columns),
    tile: { width: even(tile.width), height: even(tile.height) },
  };
}

/** A run that makes nothing else: it tells of its frames, since the sheet begins when all is over. */
export function spriteChain(layout: SpriteLayout): string {
  return `${tellFrames},${spriteSheet(layout)}`;
}

/** The picture shown is the first of its span. */
export function spriteSheet(layout: SpriteLayout): string {
  const { everySeconds, columns, rows } = layout;
  return `fps=1/${everySeconds}:start_time=0:round=up,${spriteTile(layout)},tile=${columns}x${rows}`;
}

/** Options of `scale` for a picture that says how its colours are written. */
export const asJpeg = 'in_color_matrix=auto:out_color_matrix=bt601:out_range=pc';

/** One picture, as it stands on the sheet. */
export function spriteTile({ tile }: SpriteLayout): string {
  return `scale=${tile.width}:${tile.height}:${asJpeg},setsar=1,${inFormat('yuvj420p')}`;
}

/** WebVTT whose cues name a rectangle of the sheet (media fragments, `#xywh=`). */
export function writeSpriteTrack(
  { everySeconds, count, columns, tile }: SpriteLayout,
  seconds: number,
  sheet: string,
): string {
  const cues = Array.from({ length: count }, (_, index) => {
    const from = clock(index * everySeconds);
    const to = clock(
      index === count - 1 ? Math.max(seconds, index * everySeconds + 0.001) : (index + 1) * everySeconds,
    );
    const x = (index % columns) * tile.width;
    const y = Math.floor(index / columns) * tile.height;
    return `${from} --> ${to}\n${sheet}#xywh=${x},${y},${tile.width},${tile.height}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

export function clock(seconds: number): string {
  const whole = Math.round(seconds * 1000);
  const part = (value: number, digits = 2) => String(Math.floor(value)).padStart(digits, '0');
  return `${part(whole / 3_600_000)}:${part((whole / 60_000) % 60)}:${part((whole / 1000) % 60)}.${part(whole % 1000, 3)}`;
}
