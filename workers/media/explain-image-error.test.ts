import { describe, expect, it } from 'vitest';
import { AppError, InputError } from '../../shared/errors.ts';
import { explainImageError } from './explain-image-error.ts';

const explain = (message: string) => explainImageError(new Error(message), 'tiff');

describe('explainImageError', () => {
  it.each([
    ['Input image exceeds pixel limit', /268 million pixels/],
    ['VipsJpeg: premature end of JPEG image', /cut off or damaged/],
    ['tiff2vips: LZMA compression support is not configured\ntiff2vips: read error', /LZW, Deflate or JPEG/],
    ['Input file has corrupt header: image: bad labq format', /8 or 16 bit RGB/],
    ['Processed image is too large for the WebP format', /another format/],
    ['tiff2vips: something new', /TIFF file is damaged/],
    ['vips2png: unable to write to target /scratch/s.png', /TIFF file is damaged/],
  ])('blames the file for “%s”', (message, sentence) => {
    const error = explain(message);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).publicMessage).toMatch(sentence);
  });

  it('lets what may pass be tried again', () => {
    const unknown = new Error('resource temporarily unavailable');
    expect(explainImageError(unknown, 'png')).toBe(unknown);
    expect(explain('vips_malloc: out of memory')).not.toBeInstanceOf(InputError);
    const disk = 's.jpg: write error\nsystem error: Input/output error\nVipsJpeg: unable to write to target';
    expect(explain(disk)).not.toBeInstanceOf(InputError);
    expect(explain("write error: No space left on device, '/scratch/x'")).toMatchObject({
      code: 'scratch_full',
      retryable: true,
    });
  });

  it('leaves an explained error alone', () => {
    const explained = new AppError('cancelled', 'The work was cancelled.');
    expect(explainImageError(explained, 'png')).toBe(explained);
  });
});
