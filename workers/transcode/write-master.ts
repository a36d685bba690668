import { languageTag, nameTracks } from './name-language.ts';
import type { PictureRendition, SoundRendition } from './read-rendition.ts';
import { iframeBitrate, versionOf } from './write-media-playlist.ts';
import type { TextRendition } from './write-texts.ts';

/** The renditions of one stream that are whole, the best picture first. */
export interface Stream {
  readonly pictures: readonly PictureRendition[];
  /** None when the sound is inside the segments of the pictures. */
  readonly sounds: readonly SoundRendition[];
  readonly texts: readonly TextRendition[];
}

/** The HLS multivariant playlist (RFC 8216): bandwidths as measured, the best rung first, sound and text as groups of their own. */
export function writeMaster(stream: Stream): string {
  const { pictures, sounds, texts } = stream;
  const lines = ['#EXTM3U', `#EXT-X-VERSION:${versionOf(pictures[0] ?? sounds[0])}`, '#EXT-X-INDEPENDENT-SEGMENTS'];
  if (pictures.length === 0) return [...lines, ...soundAlone(stream), ''].join('\n');
  lines.push(...audioTracks(sounds), ...textTracks(texts));
  for (const picture of pictures) lines.push(variant(picture, stream), `${picture.folder}/playlist.m3u8`);
  lines.push(...pictures.map(iframes));
  return [...lines, ''].join('\n');
}

/** Quotes and line ends would break out of a quoted string. */
const quoted = (text: string) => `"${text.replace(/["\p{Cc}]/gu, ' ')}"`;
const yesNo = (is: boolean) => (is ? 'YES' : 'NO');

function languageOf(language: string): string[] {
  const tag = languageTag(language);
  return tag === undefined ? [] : [`LANGUAGE="${tag}"`];
}

function audioTracks(sounds: readonly SoundRendition[]): string[] {
  const names = nameTracks(sounds, 'Sound');
  return sounds.map(({ language, channels, folder }, position) => {
    const attributes = [
      'TYPE=AUDIO',
      'GROUP-ID="audio"',
      `NAME=${quoted(names[position] ?? '')}`,
      ...languageOf(language),
      `DEFAULT=${yesNo(position === 0)}`,
      'AUTOSELECT=YES',
      `CHANNELS="${channels}"`,
      `URI="${folder}/playlist.m3u8"`,
    ];
    return `#EXT-X-MEDIA:${attributes.join(',')}`;
  });
}

/** Shown from the start only when the source says so; a group has at most one default (RFC 8216 §4.3.4.1.1). */
function textTracks(texts: readonly TextRendition[]): string[] {
  const names = nameTracks(texts, 'Subtitles');
  const shown = texts.findIndex(({ isDefault, isForced }) => isDefault && !isForced);
  return texts.map(({ language, isForced, folder }, position) => {
    const attributes = [
      'TYPE=SUBTITLES',
      'GROUP-ID="text"',
      `NAME=${quoted(names[position] ?? '')}`,
      ...languageOf(language),
      `DEFAULT=${yesNo(position === shown)}`,
      'AUTOSELECT=YES',
      `FORCED=${yesNo(isForced)}`,
      `URI="${folder}/playlist.m3u8"`,
    ];
    return `#EXT-X-MEDIA:${attributes.join(',')}`;
  });
}

function variant(picture: PictureRendition, { sounds, texts }: Stream): string {
  const peak = Math.max(0, ...sounds.map((sound) => sound.peakBitrate));
  const mean = Math.max(0, ...sounds.map((sound) => sound.meanBitrate));
  const soundCodec = picture.soundInside ?? sounds[0]?.codec;
  return `#EXT-X-STREAM-INF:${[
    `BANDWIDTH=${picture.peakBitrate + peak}`,
    `AVERAGE-BANDWIDTH=${picture.meanBitrate + mean}`,
    `RESOLUTION=${picture.width}x${picture.height}`,
    ...(picture.fps === undefined ? [] : [`FRAME-RATE=${picture.fps.toFixed(3)}`]),
    ...rangeOf(picture),
    `CODECS="${[picture.codec, ...(soundCodec === undefined ? [] : [soundCodec])].join(',')}"`,
    ...(sounds.length === 0 ? [] : ['AUDIO="audio"']),
    ...(texts.length === 0 ? [] : ['SUBTITLES="text"']),
  ].join(',')}`;
}

function iframes(picture: PictureRendition): string {
  const { width, height, codec, folder } = picture;
  const attributes = [
    `BANDWIDTH=${iframeBitrate(picture)}`,
    `RESOLUTION=${width}x${height}`,
    ...rangeOf(picture),
    `CODECS="${codec}"`,
    `URI="${folder}/iframes.m3u8"`,
  ];
  return `#EXT-X-I-FRAME-STREAM-INF:${attributes.join(',')}`;
}

/** Players without HDR choose by it (RFC 8216 bis §4.4.6.2); SDR is what is meant without it. */
function rangeOf({ videoRange }: PictureRendition): string[] {
  return videoRange === undefined ? [] : [`VIDEO-RANGE=${videoRange}`];
}

/** Every track is a variant of the group when there are several, so each can be chosen. */
function soundAlone({ sounds }: Stream): string[] {
  const [first] = sounds;
  if (first === undefined) return [];
  const several = sounds.length > 1;
  const peak = Math.max(...sounds.map((sound) => sound.peakBitrate));
  const mean = Math.max(...sounds.map((sound) => sound.meanBitrate));
  return [
    ...(several ? audioTracks(sounds) : []),
    `#EXT-X-STREAM-INF:BANDWIDTH=${peak},AVERAGE-BANDWIDTH=${mean},CODECS="${first.codec}"${several ? ',AUDIO="audio"' : ''}`,
    `${first.folder}/playlist.m3u8`,
  ];
}
