import { availableParallelism } from 'node:os';
import type { AudioCodec, VideoCodec } from './containers.ts';
import { escapeFilterValue } from './escape-filter-value.ts';
import { type HdrLight, lightForSvt, lightForX265 } from './hdr-light.ts';
import type { VideoStream } from './media.ts';

/** How much time to spend for fewer bytes. */
export const speeds = ['fastest', 'fast', 'medium', 'slow'] as const;
export type Speed = (typeof speeds)[number];

export interface VideoEncoding {
  readonly codec: VideoCodec;
  readonly speed: Speed;
  /** Constant quality; the scale is the codec's own. Left out: the codec's usual value, unless a bitrate is asked for. */
  readonly crf?: number | undefined;
  /** Bits per second, mean. */
  readonly bitrate?: number | undefined;
  /** Bits per second over two seconds of buffer. */
  readonly maxBitrate?: number | undefined;
  readonly passes?: 1 | 2;
  readonly profile?: string | undefined;
  readonly level?: string | undefined;
  readonly keyframeSeconds?: number | undefined;
  readonly fps?: number | undefined;
  /** Frames a second of the result, about, when no `fps` is asked for: AV1 counts its GOPs in frames. */
  readonly usualFps?: number | undefined;
  /** HDR is kept: these tags go into the stream. */
  readonly hdr?: Pick<VideoStream, 'primaries' | 'transfer' | 'matrix'> | undefined;
  /** What the film says of its light; H.265 and AV1 carry it. */
  readonly light?: HdrLight | undefined;
}

export interface AudioEncoding {
  readonly codec: AudioCodec;
  readonly channels: number;
  /** The filters leave the channels so, in ffmpeg's name; the encoder is not told their number, which would mix them once more. */
  readonly layout?: string | undefined;
  readonly sampleRate?: number | undefined;
  readonly bitrate?: number | undefined;
  /** Of a sample of FLAC, which takes 24 for what a lossy decoder gives. */
  readonly bits?: 16 | undefined;
}

interface Encoder {
  readonly name: string;
  readonly crf: number;
  readonly speed: Readonly<Record<Speed, readonly string[]>>;
  readonly extra: readonly string[];
}

const preset = (fastest: string, fast: string, medium: string, slow: string): Encoder['speed'] => ({
  fastest: ['-preset', fastest],
  fast: ['-preset', fast],
  medium: ['-preset', medium],
  slow: ['-preset', slow],
});

/** `crf` is each codec's value of about equal looks at 1080p. SVT-AV1 has no B-frame or tag peculiarities we must set. */
const encoders: Readonly<Record<VideoCodec, Encoder>> = {
  h264: { name: 'libx264', crf: 23, speed: preset('ultrafast', 'veryfast', 'medium', 'slow'), extra: [] },
  h265: {
    name: 'libx265',
    crf: 27,
    speed: preset('ultrafast', 'superfast', 'fast', 'medium'),
    extra: ['-tag:v', 'hvc1'],
  },
  vp9: {
    name: 'libvpx-vp9',
    crf: 33,
    speed: {
      fastest: ['-deadline', 'realtime', '-cpu-used', '8'],
      fast: ['-deadline', 'good', '-cpu-used', '5'],
      medium: ['-deadline', 'good', '-cpu-used', '3'],
      slow: ['-deadline', 'good', '-cpu-used', '1'],
    },
    extra: ['-row-mt', '1'],
  },
  av1: { name: 'libsvtav1', crf: 35, speed: preset('12', '10', '8', '5'), extra: [] },
};

/** Decoder, filter and encoder threads: the cores there are, bounded because each 4K frame thread costs memory. */
export const threads = String(Math.min(availableParallelism(), 8));

/** One of two passes, and the file their statistics are in. */
export interface Pass {
  readonly number: 1 | 2;
  readonly statistics: string;
}

export function encodeVideo(encoding: VideoEncoding, pass?: Pass): string[] {
  const encoder = encoders[encoding.codec];
  return [
    '-c:v',
    encoder.name,
    '-threads',
    threads,
    ...encoder.speed[encoding.speed],
    ...rateControl(encoding, encoder.crf),
    ...(encoding.keyframeSeconds === undefined ? [] : keyframes(encoding.keyframeSeconds, encoding)),
    ...(encoding.profile === undefined ? [] : ['-profile:v', encoding.profile]),
    ...(encoding.level === undefined || encoding.codec === 'h265' ? [] : ['-level', encoding.level]),
    ...colourTags(encoding.hdr),
    ...encoder.extra,
    ...(encoding.codec !== 'av1' || encoding.light === undefined
      ? []
      : ['-svtav1-params', lightForSvt(encoding.light).join(':')]),
    ...passOptions(encoding, pass),
  ];
}

/** x265 keeps its statistics and its level under its own options; the others under ffmpeg's. */
function passOptions({ codec, keyframeSeconds, level, light }: VideoEncoding, pass: Pass | undefined): string[] {
  if (codec === 'h265') {
    // Where keyframes are asked for, nothing behind one may lean on what is before it (x265 opens its GOPs by default), and they may
    // be close together (by itself it makes none in the first 25 frames after one).
    const quiet = ['log-level=error', ...(keyframeSeconds === undefined ? [] : ['open-gop=0', 'min-keyint=1'])]
      .concat(level === undefined ? [] : [`level-idc=${level}`])
      .concat(light === undefined ? [] : lightForX265(light))
      .join(':');
    return [
      '-x265-params',
      pass === undefined ? quiet : `${quiet}:pass=${pass.number}:stats=${escapeFilterValue(pass.statistics)}`,
    ];
  }
  if (pass === undefined) return [];
  // In its statistics a frame of libvpx lasts one tick of the clock, so the clock is that of the frames: with that of the file an
  // eighth of the bitrate came. Its realtime mode has no second pass.
  const libvpx = codec === 'vp9' ? ['-enc_time_base:v', '0', '-deadline', 'good'] : [];
  return [...libvpx, '-pass', String(pass.number), '-passlogfile', pass.statistics];
}

function colourTags(hdr: VideoEncoding['hdr']): string[] {
  if (hdr === undefined) return [];
  return [
    '-color_primaries',
    hdr.primaries ?? 'bt2020',
    '-color_trc',
    hdr.transfer ?? 'smpte2084',
    '-colorspace',
    hdr.matrix ?? 'bt2020nc',
  ];
}

/** A bitrate replaces constant quality; libvpx and SVT need `-b:v 0` beside a CRF, libx264 must not have it. */
function rateControl({ codec, crf, bitrate, maxBitrate }: VideoEncoding, usualCrf: number): string[] {
  const cap = maxBitrate === undefined ? [] : ['-maxrate', String(maxBitrate), '-bufsize', String(maxBitrate * 2)];
  if (bitrate !== undefined) return ['-b:v', String(bitrate), ...cap];
  const quality = ['-crf', String(crf ?? usualCrf)];
  return codec === 'vp9' ? [...quality, '-b:v', String(maxBitrate ?? 0), ...cap] : [...quality, ...cap];
}

/**
 * Closed GOPs that begin at the same media time in every rendition, whatever the frame rate. libsvtav1 (5.1) is deaf to keyframes by
 * time, so AV1 has them every so many frames.
 */
function keyframes(seconds: number, { codec, fps, usualFps = 25 }: VideoEncoding): string[] {
  if (codec === 'av1') return ['-g', String(Math.max(1, Math.round(seconds * (fps ?? usualFps))))];
  const closed = codec === 'h264' ? ['-sc_threshold', '0', '-flags', '+cgop'] : [];
  return ['-force_key_frames', `expr:gte(t,n_forced*${seconds})`, ...closed];
}

interface AudioEncoder {
  readonly name: string;
  readonly perChannel: number | undefined;
  /** An option of the track and its value, when no bitrate is asked for. */
  readonly usual?: readonly [string, string];
  /** Of the file. */
  readonly extra?: readonly string[];
}

/**
 * ffmpeg 5.1 calls it experimental, though it is what the FLAC project wrote down. Said of FLAC alone: the muxer takes it for leave to
 * call H.264 made of a phone's Dolby Vision that, too.
 */
export const flacInMp4 = ['-strict', 'experimental'];

const audioEncoders: Readonly<Record<AudioCodec, AudioEncoder>> = {
  aac: { name: 'aac', perChannel: 64_000 },
  opus: { name: 'libopus', perChannel: 48_000 },
  mp3: { name: 'libmp3lame', perChannel: 80_000 },
  // By quality, about 64 kbit/s a channel: it takes no such bitrate below 16 kHz.
  vorbis: { name: 'libvorbis', perChannel: undefined, usual: ['-q:a', '4'] },
  flac: { name: 'flac', perChannel: undefined, extra: flacInMp4 },
  pcm: { name: 'pcm_s16le', perChannel: undefined },
};

const lossless: ReadonlySet<AudioCodec> = new Set(['flac', 'pcm']);

/** The bitrate defaults to so many bits per channel; lossless codecs have none. `position` counts the tracks of the output. */
export function encodeAudio(encoding: AudioEncoding, position = 0): string[] {
  const { codec, channels, layout, sampleRate, bitrate, bits } = encoding;
  const { name, perChannel, usual, extra = [] } = audioEncoders[codec];
  const usualBitrate = perChannel === undefined ? undefined : perChannel * channels;
  const wanted = lossless.has(codec) ? undefined : (bitrate ?? usualBitrate);
  return [
    ...[`-c:a:${position}`, name],
    ...(layout === undefined ? [`-ac:a:${position}`, String(channels)] : []),
    ...(sampleRate === undefined ? [] : [`-ar:a:${position}`, String(sampleRate)]),
    ...(codec === 'flac' && bits === 16 ? [`-sample_fmt:a:${position}`, 's16'] : []),
    ...(wanted === undefined ? [] : [`-b:a:${position}`, String(wanted)]),
    ...(wanted !== undefined || usual === undefined ? [] : [`${usual[0]}:${position}`, usual[1]]),
    ...extra,
  ];
}
