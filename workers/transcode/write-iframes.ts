import type { PictureRendition } from './read-rendition.ts';

/** An I-frame playlist (RFC 8216 §4.3.3.6): every segment begins with a keyframe, named here by its bytes, for fast seeking. */
export function writeIframes({ segments }: PictureRendition): string {
  const longest = Math.max(...segments.map((segment) => segment.seconds));
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${Math.ceil(longest)}`,
    '#EXT-X-MEDIA-SEQUENCE:1',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-I-FRAMES-ONLY',
    '#EXT-X-MAP:URI="init.mp4"',
    ...segments.flatMap(({ name, seconds, keyframeBytes }) => [
      `#EXTINF:${seconds.toFixed(6)},`,
      `#EXT-X-BYTERANGE:${keyframeBytes}@0`,
      name,
    ]),
    '#EXT-X-ENDLIST',
    '',
  ].join('\n');
}

/** Bits per second of the heaviest keyframe over the time until the next. */
export function iframeBitrate({ segments }: PictureRendition): number {
  return Math.ceil(
    Math.max(...segments.map(({ keyframeBytes, seconds }) => (keyframeBytes * 8) / Math.max(seconds, 0.1))),
  );
}
