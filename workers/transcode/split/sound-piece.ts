import type { Source } from '../../media/open-source.ts';
import { movesTexts } from '../embed-texts.ts';
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
/** A second of any sampling rate in use is a whole number of them. */
const fineTicks = String(441 * 32_000);
/**
 * MP4 keeps times exactly, by a clock of its own that is finer than its usual millisecond; Matroska holds what it cannot, and says how
 * much of a last packet is padding.
 */
export function pieceOf(plan: Plan): SoundPiece {
  if (!fitsMp4(plan)) {
    return {
      name: 'sound.mkv',
      demuxer: 'matroska',
      writeOptions: ['-output_ts_offset', String(shiftSeconds), '-f', 'matroska'],
      shift: -shiftSeconds,
    };
  }
  const muxer = plan.container === 'mov' ? 'mov' : 'mp4';
  const writeOptions = ['-movie_timescale', fineTicks, '-f', muxer];
  return { name: `sound.${muxer}`, demuxer: 'mov', writeOptions, shift: 0 };
}

/** Their packets are whole, or count their own samples. */
const unpadded = new Set(['aac', 'flac']);

function fitsMp4(plan: Plan): boolean {
  const { container, audio, subtitles } = plan;
  if (container !== 'mkv' && container !== 'webm') return true;
  const texts = subtitles.embed === true && !movesTexts(plan);
  return !texts && audio.every(({ copy, encoding }) => !copy && unpadded.has(encoding.codec));
}

/** The one track of a stream for old players goes into every segment of the picture. */
export function soundInside({ container, segments, audio }: Plan): boolean {
  return isStreaming(container) && segments === 'ts' && audio.length === 1;
}

/** Text travels as cues: the join writes them down where they belong. */
export function wantsTexts(plan: Plan): boolean {
  const offered = isStreaming(plan.container) && offersTexts(plan);
  return plan.subtitles.sidecar === true || offered || movesTexts(plan);
}

/** Text travels beside the sound, as it will lie in the result. */
export function bringsTexts(plan: Plan, source: Source): boolean {
  const embeds = plan.subtitles.embed === true && plan.container in embeddedCodec;
  return embeds && !movesTexts(plan) && textTracks(source).length > 0;
}
