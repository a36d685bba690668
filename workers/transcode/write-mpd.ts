import type { PictureRendition, Rendition, SoundRendition } from './read-rendition.ts';

/** The DASH manifest (ISO 23009-1, live profile, static) over the same segments the HLS playlists name. */
export function writeMpd(pictures: readonly PictureRendition[], sounds: readonly SoundRendition[]): string {
  const all: readonly Rendition[] = [...pictures, ...sounds];
  const seconds = Math.max(...all.map((rendition) => rendition.seconds));
  const longest = Math.max(...all.flatMap((rendition) => rendition.segments.map((segment) => segment.seconds)));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" profiles="urn:mpeg:dash:profile:isoff-live:2011" ` +
      `mediaPresentationDuration="PT${seconds.toFixed(3)}S" maxSegmentDuration="PT${longest.toFixed(3)}S" minBufferTime="PT4S">`,
    '  <Period id="0" start="PT0S">',
    ...(pictures.length === 0 ? [] : pictureSet(pictures)),
    ...sounds.flatMap(soundSet),
    '  </Period>',
    '</MPD>',
    '',
  ].join('\n');
}

function pictureSet(pictures: readonly PictureRendition[]): string[] {
  return [
    '    <AdaptationSet id="0" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1">',
    ...pictures.flatMap((picture) => {
      const rate = picture.fps === undefined ? '' : ` frameRate="${Math.round(picture.fps * 1000)}/1000"`;
      return representation(picture, `width="${picture.width}" height="${picture.height}"${rate}`);
    }),
    '    </AdaptationSet>',
  ];
}

function soundSet(sound: SoundRendition, position: number): string[] {
  const language = /^[a-z]{2,8}$/.test(sound.language) && sound.language !== 'und' ? ` lang="${sound.language}"` : '';
  const channels =
    '        <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" ' +
    `value="${sound.channels}"/>`;
  const attributes = 'contentType="audio" mimeType="audio/mp4" segmentAlignment="true" startWithSAP="1"';
  return [
    `    <AdaptationSet id="${position + 1}" ${attributes}${language}>`,
    ...representation(sound, `audioSamplingRate="${sound.sampleRate}"`, channels),
    '    </AdaptationSet>',
  ];
}

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
