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
  /** More would take over a gigabyte to encode: AVIF 20 bytes a pixel, WebP and GIF 9 to 11 (measured at 144 million). */
  readonly maxPixels: number;
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
  },
  avif: {
    extension: 'avif',
    mediaType: 'image/avif',
    alpha: true,
    animation: false,
    maxSidePx: 16_384,
    maxPixels: 50_000_000,
  },
  gif: {
    extension: 'gif',
    mediaType: 'image/gif',
    alpha: true,
    animation: true,
    maxSidePx: 65_535,
    maxPixels: 100_000_000,
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
