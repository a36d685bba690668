import { InputError } from '../../shared/errors.ts';
import { type Clip, cutClip } from '../media/clip.ts';
import { containers, type FileContainer, type StreamingContainer, type VideoCodec } from '../media/containers.ts';
import { boxOfRung, displaySize, fitInside, type Size } from '../media/display-size.ts';
import type { AudioEncoding, VideoEncoding } from '../media/encoders.ts';
import type { AudioStream, VideoStream } from '../media/media.ts';
import type { Source } from '../media/open-source.ts';
import type { TranscodeParams } from './contract.ts';
import { presetOf } from './presets.ts';

export interface VideoPlan {
  readonly stream: VideoStream;
  /** As seen, before any scaling. */
  readonly sourceSize: Size;
  readonly size: Size;
  readonly encoding: VideoEncoding;
  readonly deinterlace: 'auto' | 'always' | 'never';
}

export interface AudioPlan {
  readonly stream: AudioStream;
  readonly encoding: AudioEncoding;
}

export interface Plan {
  readonly container: FileContainer | StreamingContainer;
  readonly video: VideoPlan | undefined;
  readonly audio: AudioPlan | undefined;
  readonly clip: Clip;
}

type Wish<Key extends 'video' | 'audio'> = Exclude<TranscodeParams[Key], false | undefined>;

/** What is asked for and what the source has, made into one plan. @throws InputError when the source cannot give what is asked. */
export function planTranscode(params: TranscodeParams, source: Source): Plan {
  const wish = mergePreset(params);
  const container = wish.container ?? 'mp4';
  const video =
    wish.video === false || !holdsVideo(container) ? undefined : planVideo(wish.video ?? {}, container, source);
  const audio = wish.audio === false ? undefined : planAudio(wish.audio ?? {}, container, source);
  if (video === undefined && audio === undefined) throw nothingToDo(wish, source);
  return { container, video, audio, clip: cutClip(source, params.clip) };
}

/** Presets below, the job's own words on top; `false` wins over everything. */
export function mergePreset(params: TranscodeParams): TranscodeParams {
  const named = params.preset ?? (params.container === undefined ? 'mp4-1080p' : undefined);
  if (named === undefined) return params;
  const preset = presetOf(named);
  const other = params.container !== undefined && params.container !== preset.container;
  return {
    ...params,
    container: params.container ?? preset.container,
    video: merge(other ? withoutCodec(preset.video) : preset.video, params.video),
    audio: merge(other ? withoutCodec(preset.audio) : preset.audio, params.audio),
  };
}

function merge<T extends object>(below: T | false | undefined, above: T | false | undefined): T | false | undefined {
  if (above === undefined) return below;
  return above === false || below === false || below === undefined ? above : { ...below, ...above };
}

/** Another container than the preset's chooses its own codec. */
function withoutCodec<T extends { codec?: unknown }>(wish: T | false | undefined): T | false | undefined {
  return wish === false || wish === undefined ? wish : { ...wish, codec: undefined };
}

export function isStreaming(container: Plan['container']): container is StreamingContainer {
  return !(container in containers);
}

function holdsVideo(container: Plan['container']): boolean {
  return isStreaming(container) || containers[container].video.length > 0;
}

function planVideo(wish: Wish<'video'>, container: Plan['container'], source: Source): VideoPlan | undefined {
  if (source.video === undefined) return undefined;
  const sourceSize = displaySize(source.video);
  const sized = wish.width !== undefined || wish.height !== undefined;
  const resolution = wish.resolution ?? (isStreaming(container) ? '1080p' : undefined);
  const box = resolution === undefined ? {} : boxOfRung(Number.parseInt(resolution, 10), sourceSize);
  const codec: VideoCodec =
    wish.codec ?? (isStreaming(container) ? 'h264' : (containers[container].video[0] ?? 'h264'));
  return {
    stream: source.video,
    sourceSize,
    size: fitInside(sourceSize, sized ? wish : box),
    encoding: {
      codec,
      speed: wish.speed ?? 'fast',
      crf: wish.crf,
      bitrate: wish.bitrate,
      maxBitrate: wish.maxBitrate,
      keyframeSeconds: wish.keyframeSeconds ?? (isStreaming(container) ? 4 : undefined),
      fps: wish.fps,
    },
    deinterlace: wish.deinterlace ?? 'auto',
  };
}

function planAudio(wish: Wish<'audio'>, container: Plan['container'], source: Source): AudioPlan | undefined {
  const stream = source.audio;
  if (stream === undefined) return undefined;
  const codec = wish.codec ?? (isStreaming(container) ? 'aac' : (containers[container].audio[0] ?? 'aac'));
  return {
    stream,
    encoding: {
      codec,
      channels: wish.channels ?? Math.min(stream.channels, 2),
      sampleRate: wish.sampleRate ?? (stream.sampleRate > 48_000 ? 48_000 : undefined),
      bitrate: wish.bitrate,
    },
  };
}

function nothingToDo(wish: TranscodeParams, source: Source): InputError {
  const has = source.video === undefined ? 'only sound' : 'only a picture';
  const asked = wish.audio === false ? 'a picture' : 'sound';
  return new InputError(
    `"${source.file.name}" has ${has}, but ${asked} was asked for. Send another file or ask for what it has.`,
  );
}
