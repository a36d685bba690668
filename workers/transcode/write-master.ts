import type { AudioPlan } from './plan-transcode.ts';
import type { Rendition } from './read-rendition.ts';

export interface PictureRendition extends Rendition {
  readonly width: number;
  readonly height: number;
  readonly fps: number | undefined;
}

/** The HLS multivariant playlist (RFC 8216): bandwidths as measured, the best rung first, the sound as a group of its own. */
export function writeMaster(
  pictures: readonly PictureRendition[],
  sound: Rendition | undefined,
  audio: AudioPlan | undefined,
): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS'];
  if (pictures.length === 0 && sound !== undefined) return [...lines, ...soundOnly(sound), ''].join('\n');
  if (sound !== undefined && audio !== undefined) lines.push(audioGroup(sound, audio));
  for (const picture of pictures) lines.push(variant(picture, sound), `${picture.folder}/playlist.m3u8`);
  return [...lines, ''].join('\n');
}

function audioGroup(sound: Rendition, { stream, encoding }: AudioPlan): string {
  const language = stream.language === 'und' ? [] : [`LANGUAGE="${stream.language}"`];
  return `#EXT-X-MEDIA:${[
    'TYPE=AUDIO',
    'GROUP-ID="audio"',
    'NAME="Sound"',
    ...language,
    'DEFAULT=YES',
    'AUTOSELECT=YES',
    `CHANNELS="${encoding.channels}"`,
    `URI="${sound.folder}/playlist.m3u8"`,
  ].join(',')}`;
}

function variant(picture: PictureRendition, sound: Rendition | undefined): string {
  return `#EXT-X-STREAM-INF:${[
    `BANDWIDTH=${picture.peakBitrate + (sound?.peakBitrate ?? 0)}`,
    `AVERAGE-BANDWIDTH=${picture.meanBitrate + (sound?.meanBitrate ?? 0)}`,
    `RESOLUTION=${picture.width}x${picture.height}`,
    ...(picture.fps === undefined ? [] : [`FRAME-RATE=${picture.fps.toFixed(3)}`]),
    `CODECS="${[picture.codec, ...(sound === undefined ? [] : [sound.codec])].join(',')}"`,
    ...(sound === undefined ? [] : ['AUDIO="audio"']),
  ].join(',')}`;
}

function soundOnly(sound: Rendition): string[] {
  return [
    `#EXT-X-STREAM-INF:BANDWIDTH=${sound.peakBitrate},AVERAGE-BANDWIDTH=${sound.meanBitrate},CODECS="${sound.codec}"`,
    `${sound.folder}/playlist.m3u8`,
  ];
}
