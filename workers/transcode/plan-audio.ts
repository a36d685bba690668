import { InputError } from '../../shared/errors.ts';
import { type AudioCodec, containers } from '../media/containers.ts';
import type { AudioStream } from '../media/media.ts';
import { sameLanguage } from './name-language.ts';
import { type AudioPlan, isStreaming, type PlanContext, type Wish } from './plan.ts';

/** Containers that hold one track only. */
const oneTrack = new Set(['mp3', 'opus', 'ogg', 'flac', 'wav', 'm4a']);

export function planAudio(wish: Wish<'audio'>, context: PlanContext): readonly AudioPlan[] {
  const tracks = chooseTracks(wish, context);
  const usual = isStreaming(context.container) ? 'aac' : (containers[context.container].audio[0] ?? 'aac');
  const codec: AudioCodec =
    wish.codec === undefined || wish.codec === 'copy' || wish.codec === 'auto' ? usual : wish.codec;
  return tracks.map((stream) => ({
    stream,
    encoding: {
      codec,
      channels: wish.map?.length ?? wish.channels ?? Math.min(stream.channels, 2),
      layout: layoutOf(codec, wish),
      sampleRate: wish.sampleRate ?? (stream.sampleRate > 48_000 ? 48_000 : undefined),
      bitrate: wish.bitrate,
      bits: (stream.bits ?? 16) > 16 ? undefined : 16,
    },
    copy: decideCopy(wish, stream, context),
    loudness: wish.loudness === undefined ? undefined : { lufs: wish.loudness, truePeak: wish.truePeak ?? -1.5 },
    gain: wish.gain ?? 0,
    map: readMap(wish, stream, context.source.file.name),
  }));
}

/** What so many channels mean to every encoder here, in ffmpeg's names. */
const layouts = ['mono', 'stereo', '3.0', 'quad', '5.0', '5.1', '6.1', '7.1'] as const;

/** Undefined: mono or stereo, which everybody means alike. AAC has a place of its own for four channels, which are not those of quad. */
function layoutOf(codec: AudioCodec, { map, channels = 0 }: Wish<'audio'>): string | undefined {
  if (map !== undefined) return layouts[map.length - 1];
  if (channels <= 2) return undefined;
  return codec === 'aac' && channels === 4 ? '4.0' : layouts[channels - 1];
}

/** @throws InputError when a channel is named that the track does not have. */
function readMap({ map }: Wish<'audio'>, stream: AudioStream, name: string): AudioPlan['map'] {
  const lists = map?.map((from) => (typeof from === 'number' ? [from] : from));
  const highest = Math.max(0, ...(lists?.flat() ?? []));
  if (highest > stream.channels)
    throw new InputError(
      `The map takes channel ${highest}, but the sound in "${name}" has ${stream.channels} (counted from 1). Choose among those.`,
    );
  return lists;
}

/** The first is the one that is heard when nobody chooses. */
function chooseTracks(wish: Wish<'audio'>, { container, source }: PlanContext): readonly AudioStream[] {
  if (source.audio === undefined) return [];
  if (wish.tracks === undefined) return [source.audio];
  const usable = source.media.audio.filter((stream) => stream.codec !== 'unknown' && stream.channels > 0);
  const wanted =
    wish.tracks === 'all'
      ? [source.audio, ...usable.filter((stream) => stream !== source.audio)]
      : wish.tracks.flatMap((language) => usable.filter((stream) => sameLanguage(stream.language, language)));
  if (wanted.length === 0) {
    const has = [...new Set(usable.map((stream) => stream.language))].join(', ');
    throw new InputError(`"${source.file.name}" has no sound in the languages asked for; it has: ${has}.`);
  }
  return oneTrack.has(container) ? wanted.slice(0, 1) : wanted;
}

/** ffprobe's names for what we call pcm. */
const ownName = (codec: string) => (codec.startsWith('pcm_') ? 'pcm' : codec);

/** RIFF counts from the low end. */
const wavSamples = /^pcm_(u8|[sf]\d+le|alaw|mulaw)$/;

function decideCopy(
  wish: Wish<'audio'>,
  stream: AudioStream,
  { container, source, changed, clipped }: PlanContext,
): boolean {
  if (isStreaming(container) || (wish.codec !== 'copy' && wish.codec !== 'auto')) return false;
  const held = containers[container].audio.includes(ownName(stream.codec) as AudioCodec);
  const fits = container === 'mkv' || (held && (container !== 'wav' || wavSamples.test(stream.codec)));
  if (wish.codec === 'copy') {
    if (fits) return true;
    throw new InputError(
      `The sound in "${source.file.name}" is ${stream.codec}, which ${container} cannot hold unchanged. Choose a codec.`,
    );
  }
  const touched = [wish.bitrate, wish.sampleRate, wish.map, wish.loudness, wish.gain, wish.trimSilence].some(
    (value) => value !== undefined,
  );
  const channels = wish.channels ?? Math.min(stream.channels, 2);
  return fits && !touched && !changed && !clipped && stream.channels === channels;
}
