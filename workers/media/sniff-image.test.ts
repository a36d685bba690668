import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { writableFormats } from './image-formats.ts';
import { sniffImage } from './sniff-image.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const heif = (major: string, ...compatible: string[]) =>
  bytes(`\0\0\0${String.fromCharCode(16 + 4 * compatible.length)}ftyp${major}\0\0\0\0${compatible.join('')}`);

describe('sniffImage', () => {
  it.each(writableFormats)('knows a real %s', async (format) => {
    const create = { width: 8, height: 8, channels: 3 as const, background: 'red' };
    expect(sniffImage(await sharp({ create }).toFormat(format).toBuffer())).toBe(format);
  });

  it.each([
    ['heic', heif('heic', 'mif1', 'heic')],
    ['heic', heif('mif1', 'heic')],
    ['avif', heif('mif1', 'avif', 'miaf')],
    ['avif-sequence', heif('avis', 'avif', 'msf1')],
    [undefined, heif('isom', 'mp41')],
    ['jxl', bytes('\xff\x0a rest')],
    ['psd', bytes('8BPS\0\x01')],
    ['bmp', bytes('BM6\0')],
    ['ico', bytes('\0\0\x01\0\x01\0')],
    ['pdf', bytes('%PDF-1.7')],
    ['svg', bytes('<svg xmlns="…">')],
    ['svg', bytes('\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a --><svg>')],
    [undefined, bytes('a text about <svg> drawings')],
    [undefined, bytes('<html><p>svg</p>')],
    ['gif', bytes('GIF89a<svg xmlns="…">')],
    [undefined, bytes('')],
  ])('finds %s', (format, head) => {
    expect(sniffImage(head)).toBe(format);
  });
});
