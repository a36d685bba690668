import type { VideoStream } from './media.ts';

/**
 * By which numbers a picture writes its colours. JPEG (JFIF) and WebP always use BT.601; where a video does not say, players go by its
 * size: BT.709 from 720 lines on. Checked with red and green in `test/integration/media-colours.test.ts`.
 */
export type ColourMatrix = 'bt601' | 'bt709';

type Described = Pick<VideoStream, 'matrix' | 'pixelFormat' | 'width' | 'height'>;

export function isRgb({ pixelFormat }: Pick<VideoStream, 'pixelFormat'>): boolean {
  return /^(rgb|bgr|gbr|argb|abgr|0rgb|0bgr|pal8)/.test(pixelFormat);
}

/** What a player takes an undescribed source for; undefined when the source says it, or is RGB. */
export function assumedMatrix(video: Described): ColourMatrix | undefined {
  if (video.matrix !== undefined || isRgb(video)) return undefined;
  return video.height >= 720 || video.width >= 1280 ? 'bt709' : 'bt601';
}

/** The options of `scale` that write the colours by `to`. */
export function convertMatrix(video: Described, to: ColourMatrix): string {
  return `:in_color_matrix=${assumedMatrix(video) ?? 'auto'}:out_color_matrix=${to}`;
}

/** A filter that says what the numbers mean, for encoders, and for the filters behind it. */
export function tellMatrix(matrix: ColourMatrix): string {
  if (matrix === 'bt601') return 'setparams=colorspace=smpte170m';
  return 'setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709';
}

/** A filter for what the encoder takes. Scaling straight into JPEG's own format, ffmpeg 7 forgets the matrix, so it goes through the plain one. */
export function inFormat(pixelFormat: string): string {
  return pixelFormat === 'yuvj420p' ? 'format=yuv420p,format=yuvj420p' : `format=${pixelFormat}`;
}

/** By what a picture is written that comes from this source unconverted; undefined: by something else, as HDR is. */
export function matrixOf(video: Described): ColourMatrix | undefined {
  if (isRgb(video)) return 'bt709';
  if (video.matrix === 'bt709') return 'bt709';
  return ['smpte170m', 'bt470bg'].includes(video.matrix ?? '') ? 'bt601' : assumedMatrix(video);
}
