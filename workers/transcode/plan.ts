import type { MediaFacts } from '../../shared/messages/job.ts';
import type { Clip } from '../media/clip.ts';
import { containers, type FileContainer, type StreamingContainer } from '../media/containers.ts';
import type { Size } from '../media/display-size.ts';
import type { AudioEncoding, VideoEncoding } from '../media/encoders.ts';
import type { AudioStream, VideoStream } from '../media/media.ts';
import type { Source } from '../media/open-source.ts';
import type { TranscodeParams } from './params.ts';
import type { QualityWish } from './quality-goal.ts';
import type { Rung } from './rung.ts';

export type Container = FileContainer | StreamingContainer;

/** A rung that would buy nothing, and why. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

/** What will be done with the picture. */
export interface VideoPlan {
  readonly stream: VideoStream;
  /** As seen, cropped, before any scaling. */
  readonly sourceSize: Size;
  /** Of the picture itself. */
  readonly size: Size;
  /** With bars; the size of the result. */
  readonly canvas: Size;
  readonly encoding: VideoEncoding;
  readonly copy: boolean;
  readonly deinterlace: 'auto' | 'always' | 'never';
  readonly keepHdr: boolean;
  readonly pixelFormat: string;
  readonly crop:
    | { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
    | undefined;
  readonly padColor: string;
  /** To reach, instead of a CRF. */
  readonly quality: QualityWish | undefined;
  /** What the samples scored with the CRF that was found. */
  readonly score?: MediaFacts;
  /** Of a stream whose ladder was left to us, or whose quality was asked for: the rungs worth it, each with its own encoding. */
  readonly measured?: readonly Rung[];
  /** The others that came into question. */
  readonly leftOut?: readonly LeftOut[];
}

/** What will be done with one track of sound. */
export interface AudioPlan {
  readonly stream: AudioStream;
  readonly encoding: AudioEncoding;
  readonly copy: boolean;
  readonly loudness: { readonly lufs: number; readonly truePeak: number } | undefined;
  readonly gain: number;
  /** For each channel of the result, the channels of the source (from 1) it is mixed from. */
  readonly map: readonly (readonly number[])[] | undefined;
}

export interface Plan {
  readonly container: Container;
  /** What streams are cut into: fMP4 (CMAF) or MPEG-TS. */
  readonly segments: 'fmp4' | 'ts';
  /** Undefined: by length. */
  readonly firstRung: TranscodeParams['firstRung'];
  readonly video: VideoPlan | undefined;
  /** Of what the outputs tell: the samples a quality is found with, or every frame of the result. */
  readonly scores: 'samples' | 'whole';
  readonly audio: readonly AudioPlan[];
  readonly clip: Clip;
  /** Lines of the rungs asked for, high to low; undefined: chosen by the source. */
  readonly ladder: readonly number[] | undefined;
  readonly extras: { readonly poster: boolean; readonly sprite: boolean };
  readonly speed: number;
  readonly fade: { readonly in: number; readonly out: number };
  readonly watermark: TranscodeParams['watermark'];
  readonly subtitles: NonNullable<TranscodeParams['subtitles']>;
  readonly tags: Readonly<Record<string, string>>;
  readonly keepChapters: boolean;
  readonly keepCover: boolean;
  /** The second input becomes the cover. */
  readonly newCover: boolean;
}

/** What the planners of picture and sound have to know. */
export interface PlanContext {
  readonly container: Container;
  readonly source: Source;
  /** Something changes every frame and sample, so nothing can be copied. */
  readonly changed: boolean;
  readonly clipped: boolean;
  readonly speed: number;
  readonly quality: QualityWish | undefined;
}

export type Wish<Key extends 'video' | 'audio'> = Exclude<TranscodeParams[Key], false | undefined>;

export function isStreaming(container: Container): container is StreamingContainer {
  return !(container in containers);
}

/** What was found out on the way: the part of the picture, and what the samples scored when a quality was asked for. */
export function scoreFacts({ video }: Plan): MediaFacts {
  const crop = video?.crop === undefined ? {} : { crop: video.crop };
  return { ...crop, ...video?.score };
}

/** Of a stream: the rungs that were measured and left out, and why. */
export function ladderFacts({ video }: Plan): MediaFacts {
  const { leftOut = [] } = video ?? {};
  return leftOut.length === 0 ? {} : { leftOut };
}
