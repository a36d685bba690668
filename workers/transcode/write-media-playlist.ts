import { targetDuration } from './measure-bandwidth.ts';
import type { PictureRendition, Rendition } from './read-rendition.ts';

/** fMP4 needs version 6 (EXT-X-MAP without I-frames); byte ranges of I-frames need 4. */
export const versionOf = (rendition: Pick<Rendition, 'init'> | undefined) => (rendition?.init === undefined ? 4 : 7);

/** What a playlist is written from; of text, segments are all there is. */
interface Playlist {
  readonly init: string | undefined;
  readonly segments: readonly { readonly name: string; readonly seconds: number }[];
}

const opening = (version: number, target: number) => [
  '#EXTM3U',
  `#EXT-X-VERSION:${version}`,
  `#EXT-X-TARGETDURATION:${target}`,
  '#EXT-X-MEDIA-SEQUENCE:1',
  '#EXT-X-PLAYLIST-TYPE:VOD',
];

/** The playlist of a whole rendition. `target` is the same in all of a stream (RFC 8216 §6.2.4). */
export function writeMediaPlaylist(rendition: Playlist, target: number): string {
  return [
    ...opening(versionOf(rendition), target),
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...map(rendition),
    ...rendition.segments.flatMap(({ name, seconds }) => [`#EXTINF:${seconds.toFixed(6)},`, name]),
    '#EXT-X-ENDLIST',
    '',
  ].join('\n');
}

/** An I-frame playlist (RFC 8216 §4.3.3.6): every segment begins with a keyframe, named here by its bytes, for fast seeking. */
export function writeIframes(rendition: PictureRendition): string {
  return [
    ...opening(versionOf(rendition), targetDuration(rendition.segments)),
    '#EXT-X-I-FRAMES-ONLY',
    ...map(rendition),
    ...rendition.segments.flatMap(({ name, seconds, keyframeBytes }) => [
      `#EXTINF:${seconds.toFixed(6)},`,
      `#EXT-X-BYTERANGE:${keyframeBytes}@0`,
      name,
    ]),
    '#EXT-X-ENDLIST',
    '',
  ].join('\n');
}

function map({ init }: Playlist): string[] {
  return init === undefined ? [] : [`#EXT-X-MAP:URI="${init}"`];
}

/** Bits per second of the heaviest keyframe over the time until the next. */
export function iframeBitrate({ segments }: PictureRendition): number {
  return segments.reduce(
    (most, { keyframeBytes, seconds }) => Math.max(most, Math.ceil((keyframeBytes * 8) / Math.max(seconds, 0.1))),
    0,
  );
}
