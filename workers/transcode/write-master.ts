import type { PictureRendition, SoundRendition } from './read-rendition.ts';
import { iframeBitrate } from './write-iframes.ts';

/** The HLS multivariant playlist (RFC 8216): bandwidths as measured, the best rung first, the sound as a group of its own. */
export function writeMaster(pictures: readonly PictureRendition[], sounds: readonly SoundRendition[]): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS'];
  if (pictures.length === 0) return [...lines, ...sounds.slice(0, 1).flatMap(soundOnly), ''].join('\n');
  lines.push(...sounds.map(audioTrack));
  for (const picture of pictures) lines.push(variant(picture, sounds), `${picture.folder}/playlist.m3u8`);
  lines.push(...pictures.map(iframes));
  return [...lines, ''].join('\n');
}

/** Quotes and line ends would break out of a quoted string. */
const quoted = (text: string) => `"${text.replace(/["\r\n]/g, ' ')}"`;

function audioTrack({ language, title, channels, folder }: SoundRendition, position: number): string {
  const name = title ?? (language === 'und' ? `Sound ${position + 1}` : language);
  return `#EXT-X-MEDIA:${[
    'TYPE=AUDIO',
    'GROUP-ID="audio"',
    `NAME=${quoted(position === 0 ? name : `${name} (${position + 1})`)}`,
    ...(language === 'und' ? [] : [`LANGUAGE=${quoted(language)}`]),
    `DEFAULT=${position === 0 ? 'YES' : 'NO'}`,
    'AUTOSELECT=YES',
    `CHANNELS="${channels}"`,
    `URI="${folder}/playlist.m3u8"`,
  ].join(',')}`;
}

function variant(picture: PictureRendition, sounds: readonly SoundRendition[]): string {
  const peak = Math.max(0, ...sounds.map((sound) => sound.peakBitrate));
  const mean = Math.max(0, ...sounds.map((sound) => sound.meanBitrate));
  const [sound] = sounds;
  return `#EXT-X-STREAM-INF:${[
    `BANDWIDTH=${picture.peakBitrate + peak}`,
    `AVERAGE-BANDWIDTH=${picture.meanBitrate + mean}`,
    `RESOLUTION=${picture.width}x${picture.height}`,
    ...(picture.fps === undefined ? [] : [`FRAME-RATE=${picture.fps.toFixed(3)}`]),
    `CODECS="${[picture.codec, ...(sound === undefined ? [] : [sound.codec])].join(',')}"`,
    ...(sound === undefined ? [] : ['AUDIO="audio"']),
  ].join(',')}`;
}

function iframes(picture: PictureRendition): string {
  const { width, height, codec, folder } = picture;
  return `#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=${iframeBitrate(picture)},RESOLUTION=${width}x${height},CODECS="${codec}",URI="${folder}/iframes.m3u8"`;
}

function soundOnly(sound: SoundRendition): string[] {
  return [
    `#EXT-X-STREAM-INF:BANDWIDTH=${sound.peakBitrate},AVERAGE-BANDWIDTH=${sound.meanBitrate},CODECS="${sound.codec}"`,
    `${sound.folder}/playlist.m3u8`,
  ];
}
