/** What travels from a split to its parts and to the join: JSON, settled once, so that no two workers can decide differently. */

import type { Deinterlace } from '../picture-graph.ts';
import type { Plan } from '../plan.ts';
import type { Rung } from '../rung.ts';
import type { Access } from './access.ts';

/** A stretch of the picture, in seconds of the result unless it says otherwise; every frame lies in exactly one. */
export interface Stretch {
  /** Where ffmpeg seeks, in the file's own clock: a keyframe before the one that is needed. Undefined: from the beginning. */
  readonly seekSeconds: number | undefined;
  /**
   * Between the first frame and the one before it, so that no rounding moves a frame over it, in seconds of the decoded media: where
   * the filters begin. Undefined: no bound on this side.
   */
  readonly fromSeconds: number | undefined;
  readonly untilSeconds: number | undefined;
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  readonly frames: number;
  /** Just before each frame that has to be a keyframe; empty: as the encoder likes. */
  readonly keyframes: readonly number[];
  /** Just before each frame that becomes a tile of the sprite. */
  readonly tiles: readonly number[];
  /** Where only some bytes of the input are there; absent: it is opened as it is. */
  readonly access?: Access | undefined;
}

export interface ChunkOrder {
  readonly work: 'chunk';
  readonly demuxer: string;
  /** What becomes zero where the filters begin (earliest time in the file, beginning of a clip), on the clock of the picture. */
  readonly startTicks: number;
  /** It begins the result, so it makes the poster. */
  readonly opensResult: boolean;
  /** Subtitles to draw in, as ASS: those that are seen in this stretch. */
  readonly burn: string | undefined;
  /** Without what is none of a chunk's business: sound, tags, subtitles. */
  readonly plan: Plan;
  readonly rungs: readonly Rung[];
  readonly deinterlace: Deinterlace;
  readonly stretch: Stretch;
}

/** All sound, text tracks and WebVTT files, from the whole file. */
export interface SoundOrder {
  readonly work: 'sound';
}

export type Order = ChunkOrder | SoundOrder;

/** What the join has to know. */
export interface JoinFacts {
  readonly plan: Plan;
  readonly rungs: readonly Rung[];
  readonly inputName: string;
  readonly stretches: readonly Pick<Stretch, 'firstSeconds' | 'lastSeconds' | 'frames'>[];
  /** The count of the last stretch is a forecast (a frame rate was asked for, up to the end of the source). */
  readonly lastMayDiffer: boolean;
  /** For each tile of the sprite, which of the frames the chunks took for it. */
  readonly tiles: readonly number[];
  readonly chapters: readonly { readonly startSeconds: number; readonly endSeconds: number; readonly title: string }[];
}
