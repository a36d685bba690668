import { displaySize, fitInside, type Size } from '../media/display-size.ts';
import type { Source } from '../media/open-source.ts';
import { pictureChain } from '../media/picture-chain.ts';

export interface Canvas extends Size {
  readonly fps: number;
  /** As ffmpeg spells it, 0xrrggbb. */
  readonly background: string;
}

const soundShape = 'aresample=48000:async=1,aformat=sample_fmts=fltp:channel_layouts=stereo';

/**
 * Every input becomes a piece of the same size, rate and sound, and exactly as long as its longer track: the gap of the shorter one
 * is filled with background or silence, so nothing after it slips.
 */
export function concatGraph(sources: readonly Source[], canvas: Canvas | undefined, sound: boolean): string {
  const pieces = sources.map((source, index) => [
    ...(canvas === undefined ? [] : [picture(source, index, canvas)]),
    ...(sound ? [sounding(source, index)] : []),
  ]);
  const pads = sources
    .map((_, index) => `${canvas === undefined ? '' : `[v${index}]`}${sound ? `[a${index}]` : ''}`)
    .join('');
  const outs = `${canvas === undefined ? '' : '[picture]'}${sound ? '[sound]' : ''}`;
  return [
    ...pieces.flat(),
    `${pads}concat=n=${sources.length}:v=${canvas === undefined ? 0 : 1}:a=${sound ? 1 : 0}${outs}`,
  ].join(';');
}

/** In seconds. Never zero, which means endless to the filters (three samples of sound are less than a millisecond). */
const lengthOf = ({ durationSeconds }: Source) => Math.max(durationSeconds, 0.001).toFixed(6);

function picture(source: Source, index: number, { width, height, fps, background }: Canvas): string {
  const length = lengthOf(source);
  if (source.video === undefined)
    return `color=c=${background}:s=${width}x${height}:r=${fps}:d=${length},format=yuv420p,setsar=1[v${index}]`;
  const size = fitLarger(displaySize(source.video), { width, height });
  const chain = pictureChain(source.video, {
    size,
    fps,
    pixelFormat: 'yuv420p',
    deinterlace: 'flagged',
    matrix: 'bt709',
  });
  const bars = `pad=${width}:${height}:-1:-1:color=${background},setsar=1`;
  return `[${index}:${source.video.index}]${chain},${bars},tpad=stop=-1:stop_mode=clone,trim=duration=${length},setpts=PTS-STARTPTS[v${index}]`;
}

/** Into the canvas, also enlarging: the canvas is one input's own size or was asked for. */
function fitLarger(size: Size, canvas: Size): Size {
  const scale = Math.min(canvas.width / size.width, canvas.height / size.height);
  return fitInside({ width: size.width * scale, height: size.height * scale }, canvas);
}

function sounding(source: Source, index: number): string {
  const length = lengthOf(source);
  if (source.audio === undefined) return `anullsrc=r=48000:cl=stereo,atrim=duration=${length},${soundShape}[a${index}]`;
  // Filled up first: the resampler fails at a few samples (5.1.9), and with it everything behind them is lost without a failure.
  return `[${index}:${source.audio.index}]apad,${soundShape},atrim=duration=${length},asetpts=PTS-STARTPTS[a${index}]`;
}
