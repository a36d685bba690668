/** What a probed file holds, in our words; ffprobe's JSON stays in probe-media.ts. */
export interface Media {
  /** ffmpeg's name of the container format. */
  readonly format: string;
  /** As declared; containers lie, so it is a hint. */
  readonly durationSeconds: number | undefined;
  /** Moving pictures only: covers and other attached pictures are in `artwork`. */
  readonly video: readonly VideoStream[];
  readonly audio: readonly AudioStream[];
  readonly subtitles: readonly SubtitleStream[];
  readonly artwork: readonly { readonly index: number; readonly codec: string }[];
  readonly chapters: readonly Chapter[];
  readonly tags: Readonly<Record<string, string>>;
}

interface Stream {
  /** Position in the file, as in `-map 0:<index>`. */
  readonly index: number;
  /** `unknown` when this ffmpeg has no decoder for it. */
  readonly codec: string;
  readonly profile: string | undefined;
  readonly startSeconds: number;
  readonly durationSeconds: number | undefined;
  readonly bitrate: number | undefined;
  /** ISO 639-2 as tagged, `und` when not. */
  readonly language: string;
  readonly title: string | undefined;
  readonly isDefault: boolean;
  /** Subtitles for who understands the sound but not, say, the signs. */
  readonly isForced: boolean;
  /** The four letters in the container, to name what cannot be decoded. */
  readonly tag: string;
}

export interface VideoStream extends Stream {
  /** Stored samples; see display-size.ts for what is seen. */
  readonly width: number;
  readonly height: number;
  /** Of one sample; 1 when square or unknown. */
  readonly aspectOfSample: number;
  /** Clockwise degrees a player turns the picture: 0, 90, 180, 270. */
  readonly rotation: number;
  readonly pixelFormat: string;
  readonly fps: number | undefined;
  /** False when the container's two ideas of the rate differ. */
  readonly isConstantRate: boolean;
  /** Seconds of a tick of its clock, as a fraction: 1 and 90 000. */
  readonly timeBase?: readonly [above: number, below: number] | undefined;
  readonly frames: number | undefined;
  readonly fieldOrder: string;
  readonly range: string | undefined;
  readonly transfer: string | undefined;
  readonly primaries: string | undefined;
  readonly matrix: string | undefined;
}

export interface AudioStream extends Stream {
  readonly channels: number;
  readonly layout: string | undefined;
  readonly sampleRate: number;
  /** Of a sample, where it is kept without loss. */
  readonly bits?: number | undefined;
}

export type SubtitleStream = Stream;

export interface Chapter {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly title: string;
}
