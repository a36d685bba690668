import { languageTag } from './name-language.ts';
import type { PictureRendition, Rendition, SoundRendition } from './read-rendition.ts';
import type { Stream } from './write-master.ts';
import { type TextRendition, wholeText } from './write-texts.ts';

/** The DASH manifest (ISO 23009-1, live profile, static) over the same segments the HLS playlists name. */
export function writeMpd({ pictures, sounds, texts }: Stream): string {
  const all: readonly Rendition[] = [...pictures, ...sounds];
  const seconds = Math.max(...all.map((rendition) => rendition.seconds));
  const longest = all.flatMap(({ segments }) => segments).reduce((most, segment) => Math.max(most, segment.seconds), 0);
  const sets = [
    ...(pictures.length === 0 ? [] : [pictureSet(pictures)]),
    ...sounds.map((sound, position) => soundSet(sound, position)),
    ...texts.map(textSet),
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" profiles="urn:mpeg:dash:profile:isoff-live:2011" ` +
      `mediaPresentationDuration="PT${seconds.toFixed(3)}S" maxSegmentDuration="PT${longest.toFixed(3)}S" minBufferTime="PT4S">`,
    '  <Period id="0" start="PT0S">',
    ...sets.flatMap(({ attributes, inside }, id) => [
      `    <AdaptationSet id="${id}" ${attributes}>`,
      ...inside,
      '    </AdaptationSet>',
    ]),
    '  </Period>',
    '</MPD>',
    '',
  ].join('\n');
}

interface AdaptationSet {
  readonly attributes: string;
  readonly inside: readonly string[];
}

function pictureSet(pictures: readonly PictureRendition[]): AdaptationSet {
  return {
    attributes: 'contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1"',
    inside: pictures.flatMap((picture) => {
      const rate = picture.fps === undefined ? '' : ` frameRate="${Math.round(picture.fps * 1000)}/1000"`;
      return representation(picture, `width="${picture.width}" height="${picture.height}"${rate}`);
    }),
  };
}

function soundSet(sound: SoundRendition, position: number): AdaptationSet {
  const channels =
    '        <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" ' +
    `value="${sound.channels}"/>`;
  const attributes = 'contentType="audio" mimeType="audio/mp4" segmentAlignment="true" startWithSAP="1"';
  return {
    attributes: `${attributes}${language(sound)}`,
    inside: [
      role(position === 0 ? 'main' : 'alternate'),
      ...representation(sound, `audioSamplingRate="${sound.sampleRate}"`, channels),
    ],
  };
}

/** One file for all of it, which every DASH player takes; the bandwidth is a formality. */
function textSet(text: TextRendition): AdaptationSet {
  return {
    attributes: `contentType="text" mimeType="text/vtt"${language(text)}`,
    inside: [
      role(text.isForced ? 'forced-subtitle' : 'subtitle'),
      `      <Representation id="${text.folder}" bandwidth="256">`,
      `        <BaseURL>${text.folder}/${wholeText}</BaseURL>`,
      '      </Representation>',
    ],
  };
}

function language({ language: code }: { readonly language: string }): string {
  const tag = languageTag(code);
  return tag === undefined ? '' : ` lang="${tag}"`;
}

const role = (value: string) => `      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="${value}"/>`;

function representation(rendition: Rendition, attributes: string, inside?: string): string[] {
  const { folder, codec, timescale, peakBitrate, segments } = rendition;
  return [
    `      <Representation id="${folder}" codecs="${codec}" bandwidth="${peakBitrate}" ${attributes}>`,
    ...(inside === undefined ? [] : [inside]),
    `        <SegmentTemplate timescale="${timescale}" startNumber="1" initialization="${folder}/init.mp4" media="${folder}/seg_$Number%05d$.m4s">`,
    '          <SegmentTimeline>',
    ...segments.map((segment, index) => {
      const next = segments[index + 1];
      const length = next === undefined ? Math.round(segment.seconds * timescale) : next.time - segment.time;
      return `            <S t="${segment.time}" d="${length}"/>`;
    }),
    '          </SegmentTimeline>',
    '        </SegmentTemplate>',
    '      </Representation>',
  ];
}
