/** The files transcode can write: names, media types, what fits inside, and how ffmpeg is asked for them. Data only. */

export const videoCodecs = ['h264', 'h265', 'vp9', 'av1'] as const;
export type VideoCodec = (typeof videoCodecs)[number];

export const audioCodecs = ['aac', 'opus', 'mp3', 'vorbis', 'flac', 'pcm'] as const;
export type AudioCodec = (typeof audioCodecs)[number];

export const fileContainers = ['mp4', 'mov', 'mkv', 'webm', 'mp3', 'm4a', 'opus', 'ogg', 'flac', 'wav'] as const;
export type FileContainer = (typeof fileContainers)[number];

/** Playlists and segments instead of one file; `streaming` writes both manifests over the same segments. */
export const streamingContainers = ['hls', 'dash', 'streaming'] as const;
export type StreamingContainer = (typeof streamingContainers)[number];

export interface ContainerFacts {
  readonly mediaType: string;
  /** When no video is inside. */
  readonly audioMediaType: string;
  readonly muxer: string;
  /** Forced when the result is probed. */
  readonly demuxer: string;
  /** The first one is the default. Empty: sound only. */
  readonly video: readonly VideoCodec[];
  readonly audio: readonly AudioCodec[];
  readonly options: readonly string[];
}

const allVideo: readonly VideoCodec[] = ['h264', 'h265', 'vp9', 'av1'];
const mp4Options = ['-movflags', '+faststart'];

export const containers: Readonly<Record<FileContainer, ContainerFacts>> = {
  mp4: {
    mediaType: 'video/mp4',
    audioMediaType: 'audio/mp4',
    muxer: 'mp4',
    demuxer: 'mov',
    video: allVideo,
    audio: ['aac', 'opus', 'mp3', 'flac'],
    options: mp4Options,
  },
  mov: {
    mediaType: 'video/quicktime',
    audioMediaType: 'video/quicktime',
    muxer: 'mov',
    demuxer: 'mov',
    video: ['h264', 'h265'],
    audio: ['aac', 'pcm', 'mp3'],
    options: mp4Options,
  },
  mkv: {
    mediaType: 'video/x-matroska',
    audioMediaType: 'audio/x-matroska',
    muxer: 'matroska',
    demuxer: 'matroska',
    video: allVideo,
    audio: ['aac', 'opus', 'mp3', 'vorbis', 'flac', 'pcm'],
    options: [],
  },
  webm: {
    mediaType: 'video/webm',
    audioMediaType: 'audio/webm',
    muxer: 'webm',
    demuxer: 'matroska',
    video: ['vp9', 'av1'],
    audio: ['opus', 'vorbis'],
    options: [],
  },
  mp3: soundOnly('audio/mpeg', 'mp3', 'mp3', ['mp3'], ['-id3v2_version', '3']),
  m4a: soundOnly('audio/mp4', 'ipod', 'mov', ['aac'], mp4Options),
  opus: soundOnly('audio/ogg', 'opus', 'ogg', ['opus']),
  ogg: soundOnly('audio/ogg', 'ogg', 'ogg', ['vorbis', 'opus', 'flac']),
  flac: soundOnly('audio/flac', 'flac', 'flac', ['flac']),
  wav: soundOnly('audio/wav', 'wav', 'wav', ['pcm']),
};

function soundOnly(
  mediaType: string,
  muxer: string,
  demuxer: string,
  audio: readonly AudioCodec[],
  options: readonly string[] = [],
): ContainerFacts {
  return { mediaType, audioMediaType: mediaType, muxer, demuxer, video: [], audio, options };
}
