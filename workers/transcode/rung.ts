import type { MediaFacts } from '../../shared/messages/job.ts';
import type { Size } from '../media/display-size.ts';
import type { VideoEncoding } from '../media/encoders.ts';

/** One rendition of the picture. */
export interface Rung {
  /** Its folder: the shorter side, as in `720p`. */
  readonly name: string;
  /** With bars. */
  readonly size: Size;
  /** Without them. */
  readonly picture: Size;
  readonly encoding: VideoEncoding;
  /** What its samples scored, when a quality was asked for. */
  readonly score?: MediaFacts;
}
