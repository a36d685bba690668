import { z } from 'zod';
import { writableFormats } from '../media/image-formats.ts';

export const keepable = ['copyright', 'exif', 'icc'] as const;

export const presetNames = ['thumbnail', 'avatar', 'social', 'web', 'responsive'] as const;
export type Preset = (typeof presetNames)[number];

const percent = (what: string) =>
  z.int(`expected a whole number for ${what}`).min(1, 'expected 1–100').max(100, 'expected 1–100');

/** What one rendition may say about how it is written. */
export const formatShape = {
  format: z
    .enum([...writableFormats, 'auto'])
    .describe(
      "Left out: the input's own, or png or jpeg when that cannot be written. auto looks at the picture: webp for animations and " +
        'graphics, avif for photographs up to 4 million pixels, webp beyond.',
    ),
  quality: percent('quality').describe('1–100 (default 80; avif 50). For png below 100: a palette of that quality.'),
  maxBytes: z
    .int('expected a whole number of bytes')
    .min(256, 'expected 256 or more bytes')
    .max(1024 ** 3, 'expected at most 1 GB')
    .describe(
      'The output is at most this large: the best quality that fits is found, and below quality 30 the picture is made smaller.',
    ),
  targetQuality: z
    .number('expected a number')
    .min(0.8, 'expected 0.8–0.999')
    .max(0.999, 'expected 0.8–0.999')
    .describe(
      'The lowest quality whose SSIM against the resized source reaches this (0.97 looks the same to most people).',
    ),
  lossless: z.boolean().describe('Every pixel as it is (webp and avif).'),
  effort: z
    .int('expected a whole number')
    .min(0, 'expected 0–9')
    .max(9, 'expected 0–9')
    .describe('How hard to try for a small file, 0–9 (default 4; avif 2).'),
  progressive: z.boolean().describe('Appears coarse first while it loads (jpeg, default true; png, default false).'),
  keep: z
    .array(z.enum(keepable, { error: `expected ${keepable.join(', ')}` }))
    .max(3)
    .describe(
      'What is left in the output of what the source says about itself. Default nothing; exif holds the place it was taken.',
    ),
  colorSpace: z
    .enum(['srgb', 'p3'])
    .describe('srgb (default) needs no profile anywhere; p3 keeps more colours and carries its profile.'),
  depth: z
    .union([z.literal(8), z.literal(16)], { error: 'expected 8 or 16' })
    .describe('Bits a sample: 16 for png and tiff, and as 10 bits for avif (default 8).'),
  hdr: z
    .enum(['flatten', 'keep'])
    .describe('An Ultra HDR JPEG becomes an ordinary one (default), or keeps its gain map (jpeg only).'),
} as const;
