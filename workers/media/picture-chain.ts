import { assumedMatrix, type ColourMatrix, convertMatrix, inFormat, isRgb, tellMatrix } from './colour-matrix.ts';
import { displaySize, type Size } from './display-size.ts';
import type { VideoStream } from './media.ts';

export interface PictureWish {
  readonly size: Size;
  /** In pixels of the upright picture with square samples. */
  readonly crop?:
    | { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
    | undefined;
  readonly fps?: number | undefined;
  /** What the encoder takes, e.g. `yuv420p`. */
  readonly pixelFormat: string;
  readonly deinterlace: 'none' | 'flagged' | 'all';
  /** Leave HDR as it is (ten bits, the source's transfer) instead of mapping it to SDR. */
  readonly keepHdr?: boolean;
  /** How the colours are to be written: `bt601` for stills. By default as in the source, and the result says so. */
  readonly matrix?: ColourMatrix;
  /** Stills in JPEG want full range; video limited, the default. */
  readonly range?: 'limited' | 'full';
}

/**
 * The filters from a decoded picture to the encoder's: fields joined, HDR mapped to SDR, scaled to square samples, limited range.
 * ffmpeg turns rotated pictures upright before the first filter.
 */
export function pictureChain(video: VideoStream, wish: PictureWish): string {
  return [
    ...(video.width < 4 || video.height < 4 ? [] : deinterlacers[wish.deinterlace]),
    ...(wish.crop === undefined ? [] : cut(video, wish.crop)),
    ...(wish.fps === undefined ? [] : [`fps=${wish.fps}`]),
    ...(isHdr(video) && !wish.keepHdr ? toneMap(video, wish) : scale(video, wish)),
    'setsar=1',
    inFormat(wish.pixelFormat),
  ].join(',');
}

/** bwdif refuses pictures of fewer than 3 columns or 4 lines. */
const deinterlacers = {
  none: [],
  flagged: ['bwdif=mode=send_frame:deint=interlaced'],
  all: ['bwdif=mode=send_frame:deint=all'],
};

/** Cropping counts square samples, so others are squared first. */
function cut(video: VideoStream, { x, y, width, height }: NonNullable<PictureWish['crop']>): string[] {
  const seen = displaySize(video);
  const square = video.aspectOfSample === 1 ? [] : [`scale=${seen.width}:${seen.height}`, 'setsar=1'];
  return [...square, `crop=${width}:${height}:${x}:${y}:exact=1`];
}

const hdrTransfers = new Set(['smpte2084', 'arib-std-b67']);

export function isHdr(video: Pick<VideoStream, 'transfer'>): boolean {
  return hdrTransfers.has(video.transfer ?? '');
}

/** Lanczos. Of an HD source that does not say so, the result says what players took it for: smaller, they would take it for SD. */
function scale(video: VideoStream, { size, keepHdr, range, matrix }: PictureWish): string[] {
  const scaled = `scale=${size.width}:${size.height}:flags=lanczos`;
  if (keepHdr === true) return [scaled];
  const to = matrix ?? (isRgb(video) ? 'bt709' : undefined);
  const levels = `:in_range=auto:out_range=${range === 'full' ? 'pc' : 'tv'}`;
  const written = to ?? (assumedMatrix(video) === 'bt709' ? 'bt709' : undefined);
  return [
    `${scaled}${levels}${to === undefined ? '' : convertMatrix(video, to)}`,
    ...(written === undefined ? [] : [tellMatrix(written)]),
  ];
}

/** Scaled first, since the float pictures of the tone mapper are sixteen times as heavy. Tags that are missing are stated. */
function toneMap(video: VideoStream, { size, range, matrix: wanted }: PictureWish): string[] {
  const primaries = video.primaries ?? 'bt2020';
  const matrix = video.matrix ?? 'bt2020nc';
  const input = `tin=${video.transfer}:pin=${zimgNames[primaries] ?? primaries}:min=${zimgNames[matrix] ?? matrix}`;
  return [
    `zscale=w=${size.width}:h=${size.height}:f=spline36:${input}:t=linear:npl=100`,
    'format=gbrpf32le',
    'zscale=p=bt709',
    'tonemap=tonemap=hable:desat=0',
    `zscale=t=bt709:m=${wanted === 'bt601' ? '170m' : 'bt709'}:r=${range === 'full' ? 'pc' : 'tv'}`,
  ];
}

/** zscale spells some names differently from ffprobe. */
const zimgNames: Readonly<Record<string, string>> = {
  bt2020: '2020',
  bt2020nc: '2020_ncl',
  bt2020c: '2020_cl',
  bt709: '709',
};
