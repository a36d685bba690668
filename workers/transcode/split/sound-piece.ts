import type { Source } from '../../media/open-source.ts';
import { offersTexts } from '../encode-ladder.ts';
import { isStreaming, type Plan } from '../plan.ts';
import { embeddedCodec, textTracks } from '../subtitles.ts';

/** The file in which sound travels to the join. */
export interface SoundPiece {
  readonly name: string;
  readonly demuxer: string;
  readonly writeOptions: readonly string[];
  /** Seconds to be added to its times when it is read. */
  readonly shift: number;
}

/** Matroska has no times before zero, where encoders put their priming; so it is written so much late and read as much early. */
const shiftSeconds = 10;
/** ffmpeg's demuxer takes Opus' priming off times its muxer has not put it on (312 samples of 48 kHz, in milliseconds). */
const opusPriming = 0.007;

/** MP4 keeps times exactly, by a clock of its own that is finer than its usual millisecond; Matroska holds what it cannot. */
export function pieceOf(plan: Plan): SoundPiece {
  if (!fitsMp4(plan)) {
    const opus = plan.audio.some(({ copy, stream, encoding }) => (copy ? stream.codec : encoding.codec) === 'opus');
    return {
      name: 'sound.mkv',
      demuxer: 'matroska',
      writeOptions: ['-output_ts_offset', String(shiftSeconds), '-f', 'matroska'],
      shift: -shiftSeconds + (opus ? opusPriming : 0),
    };
  }
  const muxer = plan.container === 'mov' ? 'mov' : 'mp4';
  const writeOptions = ['-movie_timescale', '48000', '-f', muxer];
  return { name: `sound.${muxer}`, demuxer: 'mov', writeOptions, shift: 0 };
}

const mp4Codecs = new Set(['aac', 'opus', 'mp3', 'flac']);

function fitsMp4({ container, audio, subtitles }: Plan): boolean {
  if (container !== 'mkv' && container !== 'webm') return true;
  return subtitles.embed !== true && audio.every(({ copy, encoding }) => !copy && mp4Codecs.has(encoding.codec));
}

/** The one track of a stream for old players goes into every segment of the picture. */
export function soundInside({ container, segments, audio }: Plan): boolean {
  return isStreaming(container) && segments === 'ts' && audio.length === 1;
}

export function wantsTexts(plan: Plan): boolean {
  return plan.subtitles.sidecar === true || (isStreaming(plan.container) && offersTexts(plan));
}

export function embedsTexts({ container, subtitles }: Plan, source: Source): boolean {
  return subtitles.embed === true && container in embeddedCodec && textTracks(source).length > 0;
}
