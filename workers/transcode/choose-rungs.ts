import { even, fitInside, type Size } from '../media/display-size.ts';
import type { VideoEncoding } from '../media/encoders.ts';
import { isStreaming, type Plan, type VideoPlan } from './plan.ts';
import type { Rung } from './rung.ts';

/** Lines of a rung and the most bits per second it may use; the cap keeps a busy scene from stalling the player. */
const ladder: readonly (readonly [lines: number, maxBitrate: number])[] = [
  [2160, 16_000_000],
  [1440, 9_000_000],
  [1080, 6_000_000],
  [720, 3_200_000],
  [480, 1_600_000],
  [360, 900_000],
  [240, 450_000],
];

const mostRungs = 6;
/** A rung of the source's own size is added when the next lower one loses more than this. */
const worthwhileLoss = 0.85;

/** Those that were measured, when a quality was asked for; else sizes from the planned one (never above the source) down to 240 lines. A source smaller than every rung gets one of its own. */
export function chooseRungs(video: VideoPlan, asked?: readonly number[]): readonly Rung[] {
  if (video.measured !== undefined) return video.measured;
  const top = shortSide(video.canvas);
  const lines = (asked ?? ladder.map(([rung]) => rung)).filter((rung) => rung <= top);
  const [highest = 0] = lines;
  const complete = asked === undefined || lines.length === 0;
  const chosen = (complete && highest < top * worthwhileLoss ? [top, ...lines] : lines).slice(0, mostRungs);
  return chosen.map((rung) => {
    const size = rung === top ? video.canvas : fitInside(video.canvas, squareBox(rung, video.canvas));
    return { name: `${shortSide(size)}p`, size, picture: pictureIn(video, size), encoding: capped(video, size) };
  });
}

/** A ladder left to us is measured, unless its bits were set by somebody or there is nothing to choose. */
export function measuresLadder({ container, ladder, video }: Plan): boolean {
  if (video === undefined || !isStreaming(container) || ladder !== undefined || video.quality !== undefined)
    return false;
  return video.encoding.bitrate === undefined && chooseRungs(video).length > 1;
}

/** The picture without its bars, as large a part of the rung as it is of the whole. */
function pictureIn({ size, canvas }: VideoPlan, rung: Size): Size {
  const side = (part: number, whole: number, pixels: number) =>
    part === whole ? pixels : Math.min(pixels, even((pixels * part) / whole));
  return {
    width: side(size.width, canvas.width, rung.width),
    height: side(size.height, canvas.height, rung.height),
  };
}

/** The box whose shorter side counts, so 2.39:1 film and upright clips get the same names as 16:9. */
function squareBox(lines: number, size: Size): { width?: number; height?: number } {
  return size.width >= size.height ? { height: lines } : { width: lines };
}

function shortSide({ width, height }: Size): number {
  return Math.min(width, height);
}

/** An asked-for bitrate is the top rung's; lower rungs get the share of their pixels to the power ¾ (a usual rule of thumb). */
function capped(video: VideoPlan, size: Size): VideoEncoding {
  const share = ((size.width * size.height) / (video.canvas.width * video.canvas.height)) ** 0.75;
  const scaled = (bits: number | undefined) => (bits === undefined ? undefined : Math.round(bits * share));
  const free = video.encoding.bitrate !== undefined || video.quality !== undefined;
  const usual = ladder.find(([lines]) => lines <= shortSide(size))?.[1] ?? 300_000;
  return {
    ...video.encoding,
    bitrate: scaled(video.encoding.bitrate),
    maxBitrate: scaled(video.encoding.maxBitrate) ?? (free ? undefined : usual),
  };
}
