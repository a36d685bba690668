import { displaySize, type Size } from '../media/display-size.ts';
import type { Source } from '../media/open-source.ts';
import type { FfmpegProgress } from '../media/read-progress.ts';
import type { Reporter } from '../media/stages.ts';
import type { Canvas } from './concat-graph.ts';

/** CPU seconds for a million pixels (x264 veryfast, ffmpeg 5.1.9), and what a second of sound adds. */
const decoding = 0.0024;
const encoding = 0.014;
/** Of a background that does not change. */
const encodingBackground = 0.0045;
const sounding = 0.015;

interface Piece {
  readonly seconds: number;
  readonly cost: number;
}

/** A second of film is more work than one of background, so the pieces count by what they cost. */
export function reportPieces(
  task: Reporter,
  sources: readonly Source[],
  canvas: Canvas | undefined,
): (progress: FfmpegProgress) => void {
  const pieces = sources.map((source) => ({
    seconds: source.durationSeconds,
    cost: source.durationSeconds * costOf(source, canvas),
  }));
  const whole = pieces.reduce((sum, { cost }) => sum + cost, 0);
  return ({ seconds = 0, cpuSeconds }) => {
    if (whole > 0) task.progress(Math.min(0.99, costUntil(pieces, seconds) / whole), cpuSeconds);
  };
}

/** Of a second. */
function costOf({ video }: Source, canvas: Canvas | undefined): number {
  if (canvas === undefined) return sounding;
  if (video === undefined) return sounding + canvas.fps * megapixels(canvas) * encodingBackground;
  const read = (video.fps ?? canvas.fps) * megapixels(displaySize(video)) * decoding;
  return sounding + read + canvas.fps * megapixels(canvas) * encoding;
}

const megapixels = ({ width, height }: Size) => (width * height) / 1e6;

export function costUntil(pieces: readonly Piece[], seconds: number): number {
  let [cost, left] = [0, seconds];
  for (const piece of pieces) {
    const share = piece.seconds > 0 ? Math.min(1, left / piece.seconds) : 1;
    cost += share * piece.cost;
    left -= piece.seconds;
    if (left <= 0) break;
  }
  return cost;
}
