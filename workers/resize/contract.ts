import { z } from 'zod';
import { namePattern } from '../../shared/messages/job.ts';
import type { Contract } from '../kind.ts';
import { isColour } from '../media/css-colours.ts';
import { writableFormats } from '../media/image-formats.ts';

/** WebP's limit; nothing larger is useful on a screen. */
const maxSidePx = 16_383;
const maxRenditions = 50;

export const fits = ['cover', 'contain', 'fill', 'inside', 'outside'] as const;
export type Fit = (typeof fits)[number];

export const positions = [
  'center',
  'top',
  'top-right',
  'right',
  'bottom-right',
  'bottom',
  'bottom-left',
  'left',
  'top-left',
  'attention',
  'entropy',
] as const;
export type Position = (typeof positions)[number];

const side = (name: string) =>
  z
    .int(`expected a whole number of pixels for ${name}`)
    .min(1, `expected 1–${maxSidePx} pixels`)
    .max(maxSidePx, `expected 1–${maxSidePx} pixels`);

const colour = z.string().refine(isColour, 'expected #rgb, #rgba, #rrggbb, #rrggbbaa or a CSS colour name');

const renditionShape = {
  width: side('width').describe('Width in pixels. Left out, it follows from the height.'),
  height: side('height').describe('Height in pixels. Left out, it follows from the width.'),
  fit: z
    .enum(fits)
    .describe(
      'How the picture meets a box of width × height: cover (default) fills it and cuts what is over; contain shows all of it on a background; ' +
        'fill stretches; inside is the largest that fits in; outside the smallest that covers.',
    ),
  position: z
    .enum(positions)
    .describe(
      'What cover keeps and where contain places the picture (default center). attention and entropy look at the picture.',
    ),
  withoutEnlargement: z.boolean().describe('Never make the picture larger than it is (default true).'),
  background: colour.describe(
    'Colour under transparent parts and around contain. Left out: transparent where the format can, else white.',
  ),
  format: z.enum(writableFormats).describe("Left out: the input's own, or png or jpeg when that cannot be written."),
  quality: z
    .int('expected a whole number')
    .min(1, 'expected 1–100')
    .max(100, 'expected 1–100')
    .describe('1–100 (default 80; avif 50). For png below 100: a palette of that quality.'),
} as const;

const rendition = z.strictObject(renditionShape).partial();

export const resizeParams = rendition.extend({
  rotate: z
    .union([z.literal('auto'), z.literal('none'), z.literal(90), z.literal(180), z.literal(270)], {
      error: 'expected auto, none, 90, 180 or 270',
    })
    .describe('auto (default) turns the picture upright as its EXIF says; degrees turn it further, clockwise.')
    .optional(),
  damaged: z
    .enum(['refuse', 'salvage'])
    .describe('A cut-off or damaged file is refused (default), or salvaged as far as it can be read.')
    .optional(),
  renditions: z
    .record(z.string().regex(namePattern, 'expected 1–64 letters, digits, - or _'), rendition)
    .refine((all) => Object.keys(all).length > 0, 'expected at least one rendition')
    .refine((all) => Object.keys(all).length <= maxRenditions, `expected at most ${maxRenditions} renditions`)
    .describe(
      'Many sizes from one decode, by name; each takes what the step says unless it says otherwise. Outputs are named after them.',
    )
    .optional(),
});

export type RenditionParams = z.infer<typeof rendition>;
export type ResizeParams = z.infer<typeof resizeParams>;

export const resizeContract: Contract<ResizeParams> = {
  kind: 'resize',
  summary: 'Makes a picture smaller, crops it, turns it upright and converts it, in one or many sizes from one decode.',
  params: resizeParams,
  inputs: { min: 1, max: 1, accepts: ['image/*'] },
  limits: { maxInputBytes: 512 * 1024 ** 2, timeoutMs: 5 * 60_000 },
  tools: [],
  examples: [
    { title: 'A square thumbnail', params: { width: 320, height: 320, fit: 'cover', format: 'webp' } },
    { title: 'Keep what catches the eye', params: { width: 600, height: 200, position: 'attention' } },
    { title: 'The whole picture on white', params: { width: 800, height: 800, fit: 'contain', background: '#fff' } },
    {
      title: 'Three sizes from one decode',
      params: { format: 'webp', renditions: { small: { width: 320 }, medium: { width: 800 }, large: { width: 1600 } } },
    },
  ],
};
