import { InputError } from '../../shared/errors.ts';
import { explainFailure } from './explain-failure.ts';
import type { AudioStream, Media, SubtitleStream, VideoStream } from './media.ts';
import { runTool } from './run-tool.ts';

export interface ProbeOptions {
  readonly path: string;
  /** Forced on ffprobe; see sniff-demuxer.ts. */
  readonly demuxer: string;
  /** How to call the file in a message. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/** Generous enough for a broken index, short enough for a bomb. */
const probeTimeoutMs = 60_000;
const probeLimits = { memoryBytes: 2 * 1024 ** 3, cpuSeconds: 50, fileBytes: 0 };

/** The arguments that open a local file as one container and as nothing else, for ffmpeg and ffprobe alike. */
export function guardedInput(demuxer: string): string[] {
  return ['-protocol_whitelist', 'file', '-format_whitelist', demuxer, '-f', demuxer];
}

/** The same for a playlist of ours and the segments beside it. */
export const guardedPlaylist: readonly string[] = [
  ...['-protocol_whitelist', 'file', '-format_whitelist', 'hls,mov,mpegts', '-allowed_extensions', 'ALL', '-f', 'hls'],
];

/** @throws InputError when the file cannot be read as what its first bytes say. */
export async function probeMedia(options: ProbeOptions): Promise<Media> {
  const patience = demuxersWithoutIndex.has(options.demuxer)
    ? ['-analyzeduration', '20000000', '-probesize', '50000000']
    : [];
  const answer = await runTool({
    command: 'ffprobe',
    args: ['-v', 'error', ...guardedInput(options.demuxer), ...patience].concat([
      '-show_format',
      '-show_streams',
      '-show_chapters',
      '-of',
      'json',
      options.path,
    ]),
    signal: options.signal,
    timeoutMs: probeTimeoutMs,
    limits: probeLimits,
  });
  if (answer.code !== 0) throw probeFailure(answer.code, answer.signal, answer.stderr, options.name);
  return readProbe(JSON.parse(answer.stdout.toString('utf8')) as Raw);
}

const demuxersWithoutIndex = new Set(['mpegts', 'mpeg']);

function probeFailure(code: number | null, signal: NodeJS.Signals | null, stderr: string, name: string): Error {
  if (signal === 'SIGKILL') {
    return new InputError(
      `"${name}" took too long to read: its structure is damaged. Play it to check it and send it again.`,
    );
  }
  const failure = explainFailure({ code, signal, stderr, inputName: name });
  if (failure.code !== 'internal_error') return failure;
  return new InputError(
    `"${name}" cannot be read as video or sound. Play it to check it and send it again.`,
    failure.cause,
  );
}

type Raw = Readonly<Record<string, unknown>> & {
  readonly streams?: readonly Raw[];
  readonly format?: Raw;
  readonly chapters?: readonly Raw[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly disposition?: Readonly<Record<string, number>>;
  readonly side_data_list?: readonly Raw[];
};

export function readProbe(raw: Raw): Media {
  const streams = raw.streams ?? [];
  const pictures = streams.filter((stream) => stream.codec_type === 'video');
  return {
    format: String(raw.format?.format_name ?? ''),
    durationSeconds: positive(raw.format?.duration),
    video: pictures.filter((stream) => !isArtwork(stream)).map(readVideo),
    audio: streams.filter((stream) => stream.codec_type === 'audio').map(readAudio),
    subtitles: streams.filter((stream) => stream.codec_type === 'subtitle').map(readStream),
    artwork: pictures.filter(isArtwork).map(readStream),
    chapters: (raw.chapters ?? []).map((chapter) => ({
      startSeconds: Number(chapter.start_time ?? 0),
      endSeconds: Number(chapter.end_time ?? 0),
      title: chapter.tags?.title ?? '',
    })),
    tags: raw.format?.tags ?? {},
  };
}

function isArtwork(stream: Raw): boolean {
  return stream.disposition?.attached_pic === 1 || stream.disposition?.timed_thumbnails === 1;
}

function readStream(stream: Raw): SubtitleStream {
  return {
    index: Number(stream.index),
    codec: typeof stream.codec_name === 'string' ? stream.codec_name : 'unknown',
    profile: text(stream.profile),
    startSeconds: Number(stream.start_time ?? 0) || 0,
    durationSeconds: positive(stream.duration),
    bitrate: positive(stream.bit_rate),
    language: stream.tags?.language ?? 'und',
    title: stream.tags?.title,
    isDefault: stream.disposition?.default === 1,
    isForced: stream.disposition?.forced === 1,
    tag: String(stream.codec_tag_string ?? ''),
  };
}

function readVideo(stream: Raw): VideoStream {
  const average = ratio(stream.avg_frame_rate);
  const nominal = ratio(stream.r_frame_rate);
  return {
    ...readStream(stream),
    width: Number(stream.width ?? 0),
    height: Number(stream.height ?? 0),
    aspectOfSample: ratio(stream.sample_aspect_ratio, ':') ?? 1,
    rotation: rotationOf(stream),
    pixelFormat: text(stream.pix_fmt) ?? 'unknown',
    fps: average ?? nominal,
    isConstantRate: average !== undefined && nominal !== undefined && Math.abs(nominal / average - 1) < 0.01,
    timeBase: timeBaseOf(stream),
    frames: positive(stream.nb_frames),
    fieldOrder: text(stream.field_order) ?? 'unknown',
    range: text(stream.color_range),
    transfer: text(stream.color_transfer),
    primaries: text(stream.color_primaries),
    matrix: text(stream.color_space),
  };
}

function readAudio(stream: Raw): AudioStream {
  return {
    ...readStream(stream),
    channels: Number(stream.channels ?? 0),
    layout: text(stream.channel_layout),
    sampleRate: Number(stream.sample_rate ?? 0),
    bits: bitsOf(stream),
  };
}

/** Monkey's Audio says nothing but what its decoder makes; DSD has samples of one bit, and millions of them. */
function bitsOf(stream: Raw): number | undefined {
  const raw = positive(stream.bits_per_raw_sample);
  if (raw !== undefined) return raw;
  if (/^ds[dt]/.test(String(stream.codec_name))) return 24;
  return /^s32p?$/.test(String(stream.sample_fmt)) ? 32 : positive(stream.bits_per_sample);
}

/** The display matrix counts anticlockwise; the old `rotate` tag clockwise. */
function rotationOf(stream: Raw): number {
  const matrix = stream.side_data_list?.find((data) => data.rotation !== undefined);
  const clockwise = matrix === undefined ? Number(stream.tags?.rotate ?? 0) : -Number(matrix.rotation);
  const quarter = Math.round(clockwise / 90) * 90;
  return ((quarter % 360) + 360) % 360;
}

function timeBaseOf({ time_base: said }: Raw): readonly [number, number] | undefined {
  const [above = 0, below = 0] = String(said ?? '')
    .split('/')
    .map(Number);
  return above > 0 && below > 0 ? [above, below] : undefined;
}

function ratio(value: unknown, separator = '/'): number | undefined {
  const [above, below] = String(value ?? '')
    .split(separator)
    .map(Number);
  return above !== undefined && below !== undefined && above > 0 && below > 0 ? above / below : undefined;
}

function positive(value: unknown): number | undefined {
  const number = Number(value);
  return value !== undefined && Number.isFinite(number) && number > 0 ? number : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== 'unknown' ? value : undefined;
}
