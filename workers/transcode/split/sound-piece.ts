import type { Source } from '../../media/open-source.ts';
import { offersTexts } from '../encode-ladder.ts';
import { isStreaming, type Plan } from '../plan.ts';
import { embeddedCodec, textTracks } from '../subtitles.ts';

/** The file in which sound travels to the join. */
export interface SoundPiece {
  readonly name: string;
  readonly demuxer: string;
  readonly writeOptions: readonly string[];
  /** Before the input of the join. */
  readonly readOptions: readonly string[];
}

/** Matroska has no times before zero, where encoders put their priming; so it is written so much late and read as much early. */
const shiftSeconds = 10;

/** As the result, where that keeps times exactly: MP4 with a clock of its own that is finer than a millisecond. */
export function pieceOf({ container }: Plan): SoundPiece {
  if (container === 'mkv' || container === 'webm') {
    return {
      name: 'sound.mkv',
      demuxer: 'matroska',
      writeOptions: ['-output_ts_offset', String(shiftSeconds), '-f', 'matroska'],
      readOptions: ['-itsoffset', String(-shiftSeconds)],
    };
  }
  const muxer = container === 'mov' ? 'mov' : 'mp4';
  const writeOptions = ['-movie_timescale', '48000', '-f', muxer];
  return { name: `sound.${muxer}`, demuxer: 'mov', writeOptions, readOptions: [] };
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
