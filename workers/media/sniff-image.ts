import type { ImageFormat } from './image-formats.ts';

/** How many bytes of the head `sniffImage` wants; a browser looks for `<svg` no further than this either. */
export const sniffBytes = 4096;

const hevcBrands = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];

/** Each signature at its offset, as latin1. First match wins; text formats come last because any text could hold `<svg`. */
const signatures: readonly (readonly [ImageFormat, number, string])[] = [
  ['jpeg', 0, '\xff\xd8\xff'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['gif', 0, 'GIF87a'],
  ['gif', 0, 'GIF89a'],
  ['tiff', 0, 'II*\0'],
  ['tiff', 0, 'MM\0*'],
  ['tiff', 0, 'II+\0'],
  ['tiff', 0, 'MM\0+'],
  ['jxl', 0, '\xff\x0a'],
  ['jxl', 0, '\0\0\0\x0cJXL \r\n\x87\n'],
  ['jp2', 0, '\0\0\0\x0cjP  \r\n\x87\n'],
  ['jp2', 0, '\xff\x4f\xff\x51'],
  ['psd', 0, '8BPS'],
  ['qoi', 0, 'qoif'],
  ['bmp', 0, 'BM'],
  ['ico', 0, '\0\0\x01\0'],
  ['pdf', 0, '%PDF-'],
  ['svgz', 0, '\x1f\x8b'],
];

/** What the bytes are, whatever the file is called; undefined when they are no picture the farm knows. */
export function sniffImage(head: Uint8Array): ImageFormat | undefined {
  const text = Buffer.from(head.subarray(0, sniffBytes)).toString('latin1');
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return 'webp';
  if (text.startsWith('ftyp', 4)) return sniffHeif(text);
  const signature = signatures.find(([, offset, bytes]) => text.startsWith(bytes, offset));
  return signature?.[0] ?? (looksLikeSvg(text) ? 'svg' : undefined);
}

/** ISO/IEC 23008-12: the box `ftyp` lists a major brand, a version and compatible brands of four letters each. */
function sniffHeif(text: string): ImageFormat | undefined {
  const boxBytes = Buffer.from(text.slice(0, 4), 'latin1').readUInt32BE(0);
  const major = text.slice(8, 12);
  const compatible: readonly string[] = text.slice(16, Math.min(boxBytes, sniffBytes)).match(/.{4}/gs) ?? [];
  if (major === 'avis') return 'avif-sequence';
  if (major === 'avif') return 'avif';
  if (hevcBrands.includes(major)) return 'heic';
  if (compatible.includes('avif')) return 'avif';
  const still = ['mif1', 'mif2', 'msf1', 'mif3'];
  return still.includes(major) || compatible.some((brand) => hevcBrands.includes(brand)) ? 'heic' : undefined;
}

function looksLikeSvg(text: string): boolean {
  const start = text.replace(/^(\xef\xbb\xbf)?\s+|^\xef\xbb\xbf/, '');
  return start.startsWith('<') && /<([a-z]+:)?svg[\s>]/i.test(text);
}
