/** What the farm knows about picture formats: names for people, what it writes, and what each can hold. */

export const writableFormats = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const;
export type WritableFormat = (typeof writableFormats)[number];

export type ImageFormat =
  | WritableFormat
  | 'svg'
  | 'svgz'
  | 'heic'
  | 'avif-sequence'
  | 'jxl'
  | 'jp2'
  | 'bmp'
  | 'ico'
  | 'psd'
  | 'qoi'
  | 'pdf';

/** As a sentence names them. */
export const formatLabels: Readonly<Record<ImageFormat, string>> = {
  jpeg: 'JPEG',
  png: 'PNG',
  webp: 'WebP',
  avif: 'AVIF',
  gif: 'GIF',
  tiff: 'TIFF',
  svg: 'SVG',
  svgz: 'SVGZ',
  heic: 'HEIC',
  'avif-sequence': 'animated AVIF',
  jxl: 'JPEG XL',
  jp2: 'JPEG 2000',
  bmp: 'BMP',
  ico: 'ICO',
  psd: 'PSD',
  qoi: 'QOI',
  pdf: 'PDF',
};

interface Writable {
  readonly extension: string;
  readonly mediaType: string;
  readonly alpha: boolean;
  readonly animation: boolean;
  /** The longest side the format can hold, in pixels. */
  readonly maxSidePx: number;
  /**
   * More would take over 1.2 GB to encode. Measured in bytes a pixel on a 24 million pixel photograph: AVIF 34, GIF 13, JPEG and
   * WebP 7; the others are written line by line, and so is JPEG beyond 64 million.
   */
  readonly maxPixels: number;
  /** The same with transparency, or lossless: WebP then takes 32 bytes a pixel, AVIF 50. */
  readonly maxRichPixels?: number;
}

export const writable: Readonly<Record<WritableFormat, Writable>> = {
  jpeg: {
    extension: 'jpg',
    mediaType: 'image/jpeg',
    alpha: false,
    animation: false,
    maxSidePx: 65_535,
    maxPixels: 268_402_689,
  },
  png: {
    extension: 'png',
    mediaType: 'image/png',
    alpha: true,
    animation: false,
    maxSidePx: 2 ** 31 - 1,
    maxPixels: 268_402_689,
  },
  webp: {
    extension: 'webp',
    mediaType: 'image/webp',
    alpha: true,
    animation: true,
    maxSidePx: 16_383,
    maxPixels: 100_000_000,
    maxRichPixels: 36_000_000,
  },
  avif: {
    extension: 'avif',
    mediaType: 'image/avif',
    alpha: true,
    animation: false,
    maxSidePx: 16_384,
    maxPixels: 34_000_000,
    maxRichPixels: 25_000_000,
  },
  gif: {
    extension: 'gif',
    mediaType: 'image/gif',
    alpha: true,
    animation: true,
    maxSidePx: 65_535,
    maxPixels: 90_000_000,
  },
  tiff: {
    extension: 'tiff',
    mediaType: 'image/tiff',
    alpha: true,
    animation: false,
    maxSidePx: 2 ** 31 - 1,
    maxPixels: 268_402_689,
  },
};

export const isWritable = (format: ImageFormat): format is WritableFormat => format in writable;
