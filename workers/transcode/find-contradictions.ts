import {
  type AudioCodec,
  audioCodecs,
  containers,
  type FileContainer,
  type VideoCodec,
  videoCodecs,
} from '../media/containers.ts';
import { findRefusal } from './encoder-limits.ts';
import { mergePreset } from './merge-preset.ts';
import type { TranscodeParams } from './params.ts';
import { findSoundRefusal } from './sound-limits.ts';

export interface Contradiction {
  readonly path: readonly string[];
  /** What was expected. */
  readonly message: string;
}

/** What cannot be meant together, preset included: said when the job comes in, not when it runs. */
export function findContradictions(params: TranscodeParams): readonly Contradiction[] {
  return [
    ...aboutPicture(params),
    ...aboutEncoder(params),
    ...aboutSound(params),
    ...aboutSoundEncoder(params),
    ...aboutContainer(params),
  ];
}

const said = (wish: unknown) => wish !== undefined;

function aboutPicture({ video, watermark, speed, fade, subtitles }: TranscodeParams): Contradiction[] {
  if (typeof video !== 'object') return [];
  const { codec: _codec, deinterlace: _deinterlace, speed: _speed, ...asked } = video;
  const changes = [...Object.values(asked), watermark, speed, fade, subtitles?.burn].some(said);
  return [
    ...when(
      video.codec === 'copy' && changes,
      ['video', 'codec'],
      'expected another codec than copy: the picture is to be changed',
    ),
    ...when(
      video.passes === 2 && video.bitrate === undefined,
      ['video', 'passes'],
      'expected a bitrate beside two passes',
    ),
    ...when(video.passes === 2 && video.codec === 'av1', ['video', 'passes'], 'expected one pass with av1'),
    ...when(video.crf !== undefined && video.ssim !== undefined, ['video', 'ssim'], 'expected either crf or ssim'),
    ...when(
      video.bitrate !== undefined && video.ssim !== undefined,
      ['video', 'ssim'],
      'expected either bitrate or ssim; maxBitrate may stand beside it',
    ),
  ];
}

/** The preset's codec, or what the container usually holds; copies are not encoded. */
function aboutEncoder(params: TranscodeParams): Contradiction[] {
  const { container = 'mp4', video } = mergePreset(params);
  if (typeof video !== 'object' || typeof params.video !== 'object' || video.codec === 'copy') return [];
  const holds = holdsOf(container).video;
  const usual = video.hdr === 'keep' ? (holds.find((codec) => codec !== 'h264') ?? 'h265') : holds[0];
  const codec = video.codec === undefined || video.codec === 'auto' ? usual : video.codec;
  if (codec === undefined || !holds.includes(codec)) return [];
  const refusal = findRefusal(codec, video);
  const { bitrate = 0, maxBitrate = Number.POSITIVE_INFINITY } = video;
  // SVT-AV1 wants room between the two.
  const tight = codec === 'av1' ? maxBitrate <= bitrate : maxBitrate < bitrate;
  return [
    ...(refusal === undefined ? [] : [{ path: ['video', refusal.field], message: refusal.message }]),
    ...when(tight, ['video', 'maxBitrate'], `expected more than bitrate, ${bitrate}, got ${maxBitrate}`),
  ];
}

/** MP3 is mono or stereo. */
const mp3Channels = 2;

function aboutSound(params: TranscodeParams): Contradiction[] {
  const { audio, speed, fade } = params;
  if (typeof audio !== 'object') return [];
  const { container = 'mp4' } = mergePreset(params);
  const { bitrate, channels, map, sampleRate, loudness, gain, trimSilence } = audio;
  const changes = [bitrate, channels, map, sampleRate, loudness, gain, trimSilence, speed, fade].some(said);
  const most = audio.codec === 'mp3' || container === 'mp3' ? mp3Channels : 8;
  return [
    ...when(
      audio.codec === 'copy' && changes,
      ['audio', 'codec'],
      'expected another codec than copy: the sound is to be changed',
    ),
    ...when(said(map) && said(channels), ['audio', 'channels'], 'expected either channels or map'),
    ...when((map?.length ?? channels ?? 0) > most, ['audio'], `expected at most ${most} channels in mp3`),
    ...when(
      audio.cover === true && !['mp3', 'm4a', 'flac'].includes(container),
      ['audio', 'cover'],
      `expected mp3, m4a or flac: ${container} holds no cover here`,
    ),
  ];
}

/** Of the codec that is asked for, or the container's usual one; what is to be copied is not encoded. */
function aboutSoundEncoder(params: TranscodeParams): Contradiction[] {
  const { container = 'mp4', audio } = mergePreset(params);
  if (typeof audio !== 'object' || audio.codec === 'copy') return [];
  const holds = holdsOf(container).audio;
  const codec = audio.codec === undefined || audio.codec === 'auto' ? holds[0] : audio.codec;
  if (codec === undefined || !holds.includes(codec)) return [];
  const refusal = findSoundRefusal(codec, audio);
  return refusal === undefined ? [] : [{ path: ['audio', refusal.field], message: refusal.message }];
}

function aboutContainer(params: TranscodeParams): Contradiction[] {
  const { container = 'mp4' } = mergePreset(params);
  const holds = holdsOf(container);
  const copied = typeof params.video === 'object' && params.video.codec === 'copy' && holds === streamed;
  const silent = typeof params.video === 'object' && holds.video.length === 0;
  const nothing = params.audio === false && (params.video === false || holds.video.length === 0);
  return [
    ...when(nothing, ['audio'], 'expected sound or a picture: with both left out nothing would be made'),
    ...when(silent, ['video'], `expected no video: ${container} holds sound alone`),
    ...(silent ? [] : wrongCodec('video', params.video, holds.video, container)),
    ...when(
      copied,
      ['video', 'codec'],
      `expected h264 or h265 in ${container}: the rungs of a stream need keyframes at the same times, so nothing is copied`,
    ),
    ...wrongCodec('audio', params.audio, holds.audio, container),
    ...aboutSegments(params, container),
    ...aboutQuality(params, holds.video.length > 0),
  ];
}

function aboutQuality({ quality, video }: TranscodeParams, holdsVideo: boolean): Contradiction[] {
  if (quality === undefined) return [];
  const other = typeof video === 'object' ? video : {};
  const steers = quality.vmaf !== undefined || quality.ssim !== undefined;
  const steered = (['crf', 'ssim', 'bitrate'] as const).find((name) => other[name] !== undefined);
  return [
    ...when(!holdsVideo || video === false, ['quality'], 'expected no quality: there is no picture in the result'),
    ...when(other.codec === 'copy', ['quality'], 'expected no quality beside codec copy: nothing is encoded'),
    ...when(steers && steered !== undefined, ['quality'], `expected either quality or video.${steered}`),
  ];
}

/** The specifications put H.265 into fMP4 alone (Apple's authoring rules 1.5), and DASH means CMAF here. */
function aboutSegments({ segments, video }: TranscodeParams, container: string): Contradiction[] {
  if (segments !== 'ts') return [];
  const modern = typeof video === 'object' && (video.codec === 'h265' || video.hdr === 'keep');
  return [
    ...when(container !== 'hls', ['segments'], `expected fmp4 in ${container}, got ts: only hls has MPEG-TS segments`),
    ...when(modern, ['segments'], 'expected fmp4: MPEG-TS segments hold h264 in eight bits'),
  ];
}

/** Segments are fMP4 that browsers and televisions agree on. */
const streamed = { video: ['h264', 'h265'] as const, audio: ['aac'] as const };
function holdsOf(container: string): { readonly video: readonly VideoCodec[]; readonly audio: readonly AudioCodec[] } {
  return container in containers ? containers[container as FileContainer] : streamed;
}

const encoded: ReadonlySet<string> = new Set([...videoCodecs, ...audioCodecs]);

function wrongCodec(
  part: string,
  wish: false | { readonly codec?: string | undefined } | undefined,
  allowed: readonly string[],
  container: string,
): Contradiction[] {
  const codec = typeof wish === 'object' ? wish.codec : undefined;
  const wrong = codec !== undefined && encoded.has(codec) && !allowed.includes(codec);
  return when(wrong, [part, 'codec'], `expected one of ${allowed.join(', ')} in ${container}, got ${codec}`);
}

function when(wrong: boolean, path: readonly string[], message: string): Contradiction[] {
  return wrong ? [{ path, message }] : [];
}
