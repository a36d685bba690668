import { AppError, InputError } from '../../shared/errors.ts';
import { formatLabels, type ImageFormat } from './image-formats.ts';

const damaged =
  'The % file is damaged and cannot be read. Save it again in the program it came from, or send another copy.';

/** What libvips and its loaders say → what we say. The first match wins. `%` stands for the format's name. */
const explanations: readonly (readonly [RegExp, string])[] = [
  [
    /exceeds pixel limit|Input image exceeds|exceeds maximum|too many pixels/i,
    'The picture is larger than the limit of 268 million pixels (all frames together). Send a smaller one.',
  ],
  [
    /too large for the|is too large|cannot be larger than|dimensions? too large/i,
    'The result would be larger than its format can hold. Ask for a smaller width and height, or for another format.',
  ],
  [
    /compression support is not configured|not configured/i,
    'The % file uses a compression this farm does not read. Save it again with LZW, Deflate or JPEG compression.',
  ],
  [
    /premature end|unexpected end|truncat|libpng read error|bad seek|read error|end of file|IDAT|no frames in/i,
    'The % file is cut off or damaged: part of the picture is missing. Send the whole file again.',
  ],
  [
    /samples_per_pixel|bad labq format|unsupported (colou?r|bit|number)|not a whole number of bytes/i,
    'The % file stores its colours in a way this farm does not read. Save it again as 8 or 16 bit RGB, grey or CMYK.',
  ],
  [/bad dimensions/i, 'The % drawing has no size. Give it a width and a height, or a viewBox.'],
  [/unsupported image format/i, 'The file starts like a % but cannot be read as one. Save it again and send it.'],
  [/corrupt|invalid|damaged|failOn|vips(jpeg|png|tiff|webp|gif|heif|foreign)|\w+load|\w+2vips|heif|svg|xml/i, damaged],
  // All libvips says when a loader stopped without a word, a loop in the directory of a TIFF for one.
  [/unable to write to target/i, damaged],
];

const outOfSpace = /ENOSPC|no space left/i;
/** The disk refused; the encoder complains after it. */
const writeFailed = /write error\s+(system|unix) error/i;
const outOfMemory = /out of memory|ENOMEM|cannot allocate/i;

/**
 * The error to throw for what sharp or a decoder threw: an InputError with a sentence for the person who sent the file,
 * or the error itself when it is not known to be the file's fault (the runner tries again).
 */
export function explainImageError(error: unknown, format: ImageFormat): unknown {
  if (error instanceof AppError || !(error instanceof Error) || error.name === 'AbortError') return error;
  if (outOfSpace.test(error.message)) {
    return new AppError('scratch_full', 'The worker ran out of scratch space; it will be tried again.', {
      retryable: true,
      cause: error,
    });
  }
  if (outOfMemory.test(error.message) || writeFailed.test(error.message)) return error;
  const sentence = explanations.find(([pattern]) => pattern.test(error.message))?.[1];
  return sentence === undefined ? error : new InputError(sentence.replace('%', formatLabels[format]), error);
}

/**
 * Complaints of libjpeg about bytes no picture needs; cameras and editors write such files by the million. Any other line,
 * a premature end above all, keeps the whole from being harmless.
 */
const harmless =
  /extraneous bytes before marker|unknown JFIF revision|unknown Adobe color transform|Invalid SOS parameters/i;

/** What the encoder says because the decoder stopped; it adds nothing. */
const consequence = /unable to write to target/i;

/** Whether the picture is all there although the strictest reading refused it. */
export function isHarmless(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const lines = error.message.split('\n').filter((line) => line.trim() !== '' && !consequence.test(line));
  return lines.length > 0 && lines.every((line) => harmless.test(line));
}
