import { open, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import { InputError } from '../../shared/errors.ts';
import type { InputFile } from '../kind.ts';
import { decodeExotic, isExotic } from './decode-exotic.ts';
import { explainImageError } from './explain-image-error.ts';
import { flattenHdr, type HdrTransfer, hdrTransfer } from './flatten-hdr.ts';
import { formatLabels, type ImageFormat, type WritableFormat } from './image-formats.ts';
import { sniffBytes, sniffImage } from './sniff-image.ts';

/** 16383 × 16383, all frames together; libvips refuses more before it decodes anything. */
export const maxPixels = 268_402_689;

/** A drawing that unpacks to more than this is a bomb or a map; the picture formats are for those. */
const maxSvgBytes = 16 * 1024 ** 2;

/**
 * Memory one decode may take. Formats that cannot be read line by line are held whole: a progressive JPEG keeps two
 * bytes per sample, an interlaced PNG its pixels, so 268 million pixels of the former would ask for 1.6 GB.
 */
const maxDecodeBytes = 1024 ** 3;

/** Measured on 64 million pixels, eight bits, 4:2:0. */
const avifBytesPerPixel = 19;

/** Held as 16 bits and as 8 beside what AVIF takes to decode. */
const maxHdrPixels = 32_000_000;

/** Dots per inch at which a pixel of an SVG is a pixel. */
const ownDensity = 72;

export interface OpenOptions {
  /** Longest side in pixels a vector drawing should be rasterised to; left out, SVG is refused. */
  readonly vectorSidePx?: number;
  /** Open this page or frame alone (from 1). */
  readonly page?: number;
  /** Ends the decoders that run as a process of their own. */
  readonly signal?: AbortSignal;
  /** How much damage is put up with: none (default), complaints about bytes no picture needs, or all there can be. */
  readonly damage?: 'refuse' | 'tolerate' | 'salvage';
}

const strictness = { refuse: 'warning', tolerate: 'error', salvage: 'none' } as const;

/** A picture ready to be decoded, any number of times, and what its header says about it. */
export interface OpenedImage {
  readonly format: ImageFormat;
  /** Size as people see it, with the EXIF orientation applied; of one frame. */
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
  /** More than 1 only for an animated GIF or WebP. */
  readonly frames: number;
  readonly metadata: Metadata;
  /** What one decode holds in memory; the other formats are read line by line. */
  readonly decodeBytes: number;
  /** A new pipeline over the page that was asked for, or the first; not yet turned upright. */
  decode(): Sharp;
  /** A new pipeline over the first `count` frames, one below the other as libvips has them. */
  decodeFrames(count: number): Sharp;
}

/**
 * Opens a picture by what its bytes are, never by its name, and never lets libvips guess among loaders that read other
 * files. @throws InputError with a sentence for the person who sent it.
 */
export async function openImage(input: InputFile, options: OpenOptions = {}): Promise<OpenedImage> {
  const head = await readHead(input.path);
  const format = sniffImage(head);
  if (format === undefined) throw notAnImage(input);
  try {
    const transfer = format === 'avif' ? hdrTransfer(head) : undefined;
    return transfer === undefined ? await openAs(format, input, options) : await openHdr(transfer, input, options);
  } catch (error) {
    throw explainImageError(error, format);
  }
}

async function openAs(format: ImageFormat, input: InputFile, options: OpenOptions): Promise<OpenedImage> {
  const reading: SharpOptions = {
    limitInputPixels: maxPixels,
    failOn: strictness[options.damage ?? 'refuse'],
  };
  if (format === 'svg' || format === 'svgz') return openVector(format, input, reading, options.vectorSidePx);
  if (!isReadable(format)) return openExotic(format, input, reading, options);
  const metadata = await readPage(input.path, reading, options.page);
  if (metadata.format !== (format === 'avif' ? 'heif' : format)) throw unreadable(format);
  refuseIfHeavy(metadata, format);
  const { page } = options;
  return opened(format, input.path, page === undefined ? reading : { ...reading, page: page - 1 }, metadata);
}

/** libheif gives the numbers of an HDR picture, and shown as they are they look grey: it is flattened, as `hdr` says by default. */
async function openHdr(transfer: HdrTransfer, input: InputFile, options: OpenOptions): Promise<OpenedImage> {
  const image = await openAs('avif', input, options);
  if (image.width * image.height > maxHdrPixels) {
    throw new InputError(
      `HDR pictures are read up to ${maxHdrPixels / 1e6} million pixels. Send it smaller, or as JPEG.`,
    );
  }
  const flat = await flattenHdr(image.decode(), transfer);
  const { exif, bitsPerSample } = image.metadata;
  const told = { ...(exif && { exif }), ...(bitsPerSample && { bitsPerSample }) };
  return opened('avif', flat, {}, { ...(await sharp(flat).metadata()), ...told });
}

/** Pages of a TIFF may differ in size, so the header is that of the page wanted. */
async function readPage(path: string, reading: SharpOptions, page: number | undefined): Promise<Metadata> {
  const first = await sharp(path, reading).metadata();
  if (page === undefined) return first;
  const pages = first.pages ?? 1;
  if (page <= pages) return sharp(path, { ...reading, page: page - 1 }).metadata();
  throw new InputError(`There is no page ${page}: the picture has ${pages} page${pages === 1 ? '' : 's'}.`);
}

/** Formats sharp cannot read are decoded once, elsewhere, and held as a PNG or an animated WebP. */
async function openExotic(format: ImageFormat, input: InputFile, reading: SharpOptions, options: OpenOptions) {
  if (!isExotic(format)) throw unreadable(format);
  const decoded = await decodeExotic(format, input.path, options.signal ?? new AbortController().signal);
  const metadata = await sharp(decoded, reading).metadata();
  const { exif } =
    format === 'heic'
      ? await sharp(input.path, reading)
          .metadata()
          .catch(() => metadata)
      : metadata;
  return opened(format, decoded, reading, exif === undefined ? metadata : { ...metadata, exif });
}

/** SVG goes in as a buffer: given a path, librsvg would draw files that lie next to it (reference: platform.md §4). */
async function openVector(format: 'svg' | 'svgz', input: InputFile, reading: SharpOptions, sidePx?: number) {
  if (sidePx === undefined) {
    throw new InputError('The file is a drawing (SVG). Say which raster format to draw it in, e.g. "format": "webp".');
  }
  const drawing = await readDrawing(format, input);
  const drawn: SharpOptions = { ...reading, density: await densityFor(drawing, reading, sidePx) };
  return opened(format, drawing, drawn, await sharp(drawing, drawn).metadata());
}

/**
 * Which density draws the longest side this long; never smaller than the drawing's own size. Sides in pixels grow with the
 * density, sides in millimetres or inches with its square: libvips scales by it what librsvg has measured by it already.
 */
async function densityFor(drawing: Buffer, reading: SharpOptions, sidePx: number): Promise<number> {
  const sideAt = async (density: number) => {
    const { width, height } = await sharp(drawing, { ...reading, density }).metadata();
    return Math.max(width, height);
  };
  const natural = await sideAt(ownDensity);
  const factor = Math.min(1000, sidePx / natural);
  if (factor <= 1) return ownDensity;
  const probe = Math.min(2, factor);
  const power = Math.log((await sideAt(ownDensity * probe)) / natural) / Math.log(probe);
  return ownDensity * factor ** (power > 1.5 ? 1 / 2 : 1);
}

async function readDrawing(format: 'svg' | 'svgz', input: InputFile): Promise<Buffer> {
  if (input.bytes > maxSvgBytes) throw tooLargeDrawing();
  const bytes = await readFile(input.path);
  if (format === 'svg') return bytes;
  const drawing = await promisify(gunzip)(bytes, { maxOutputLength: maxSvgBytes }).catch((error: unknown) => {
    if (error instanceof RangeError) throw tooLargeDrawing();
    throw new InputError('The compressed file is cut off or damaged. Send the whole file again.', error);
  });
  if (sniffImage(drawing) !== 'svg') throw notAnImage(input);
  return drawing;
}

function opened(format: ImageFormat, source: string | Buffer, reading: SharpOptions, metadata: Metadata): OpenedImage {
  return {
    format,
    width: metadata.autoOrient.width,
    height: metadata.autoOrient.height,
    hasAlpha: metadata.hasAlpha,
    frames: reading.page === undefined && moves(metadata) ? (metadata.pages ?? 1) : 1,
    metadata,
    decodeBytes: decodeBytes(metadata, format) + (typeof source === 'string' ? 0 : source.length),
    decode: () => sharp(source, reading),
    decodeFrames: (count) => sharp(source, { ...reading, pages: count }),
  };
}

const moves = ({ format }: Metadata) => format === 'gif' || format === 'webp';

function refuseIfHeavy(metadata: Metadata, format: ImageFormat): void {
  const bytes = decodeBytes(metadata, format);
  if (bytes <= maxDecodeBytes) return;
  const why = format === 'avif' ? 'is a large AVIF' : 'is interlaced (progressive)';
  const instead = format === 'avif' ? 'Send it as JPEG, or smaller.' : 'Save it without interlacing, or smaller.';
  throw new InputError(
    `The picture ${why} and would need ${Math.round(bytes / 1024 ** 2)} MB of memory to read. ${instead}`,
  );
}

const decodeBytes = (metadata: Metadata, format: ImageFormat) =>
  metadata.width * metadata.height * decodeBytesPerPixel(metadata, format);

function decodeBytesPerPixel({ isProgressive, depth, channels }: Metadata, format: ImageFormat): number {
  if (format === 'avif') return avifBytesPerPixel;
  if (!isProgressive) return 0;
  return channels * (format === 'jpeg' || depth === 'ushort' ? 2 : 1);
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sniffBytes), 0, sniffBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const isReadable = (format: ImageFormat): format is WritableFormat =>
  ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'].includes(format);

function notAnImage(input: InputFile): InputError {
  if (input.bytes === 0) return new InputError('The file is empty (0 bytes). Send the picture again.');
  return new InputError(
    `Expected a picture, but the content of “${input.name}” is not one, whatever its name says. ` +
      'Send a JPEG, PNG, WebP, AVIF, GIF or TIFF file.',
  );
}

const tooLargeDrawing = () =>
  new InputError('The drawing (SVG) is larger than 16 MB unpacked. Send a picture of it instead.');

function unreadable(format: ImageFormat): InputError {
  if (format === 'pdf') {
    return new InputError('The file is a PDF, not a picture. Use the kind pdf-pages to make pictures of its pages.');
  }
  return new InputError(
    `This farm does not read ${formatLabels[format]} files of this sort. Send a JPEG, PNG, WebP, AVIF, GIF or TIFF file.`,
  );
}
