import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Four frames of AAC at 44.1 kHz are 93 ms. */
const splinterSeconds = 0.1;

/**
 * Puts the last segment of a rendition of sound into the one before it when it is a splinter. Encoders pad the sound, so it often
 * outlasts the picture by a frame or two; hls.js, which counts from the playlist and not from the edit list, then waits for ever
 * for a segment that lies behind the end of its buffer. Segments are made of whole fragments or packets, so they can be appended.
 */
export async function mergeSplinter(directory: string): Promise<void> {
  const path = join(directory, 'playlist.m3u8');
  const playlist = await readFile(path, 'utf8').catch(() => '');
  const [before, last] = [...playlist.matchAll(/^#EXTINF:([\d.]+),.*\n(.+)\n/gm)].slice(-2);
  if (before === undefined || last === undefined || Number(last[1]) >= splinterSeconds) return;
  const [, earlier = '', name = ''] = before;
  const [, later = '', splinter = ''] = last;
  await appendFile(join(directory, name), await readFile(join(directory, splinter)));
  await rm(join(directory, splinter));
  const seconds = (Number(earlier) + Number(later)).toFixed(6);
  await writeFile(path, playlist.replace(before[0], `#EXTINF:${seconds},\n${name}\n`).replace(last[0], ''));
}
