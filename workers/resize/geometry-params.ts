import { z } from 'zod';
import { isColour } from '../media/css-colours.ts';
import { places } from '../media/places.ts';

/** WebP's limit; nothing larger is useful on a screen. */
const maxSidePx = 16_383;

export const fits = ['cover', 'contain', 'fill', 'inside', 'outside'] as const;
export type Fit = (typeof fits)[number];

export const side = () =>
  z
    .int('expected a whole number of pixels')
    .min(1, `expected 1–${maxSidePx} pixels`)
    .max(maxSidePx, `expected 1–${maxSidePx} pixels`);

export const fraction = () => z.number('expected a number from 0 to 1').min(0, 'expected 0–1').max(1, 'expected 0–1');

export const colour = () =>
  z.string().refine(isColour, 'expected #rgb, #rgba, #rrggbb, #rrggbbaa or a CSS colour name');

const margin = () => z.int('expected a whole number of pixels').min(0, 'expected 0–4096').max(4096, 'expected 0–4096');

const position = z.union(
  [z.enum([...places, 'attention', 'entropy']), z.strictObject({ x: fraction(), y: fraction() })],
  {
    error: `expected one of ${places.join(', ')}, attention, entropy, or {"x": 0–1, "y": 0–1}`,
  },
);
export type Position = z.infer<typeof position>;

/** What one rendition may say about its size and shape. */
export const geometryShape = {
  width: side().describe('Width in pixels. Left out, it follows from the height.'),
  height: side().describe('Height in pixels. Left out, it follows from the width.'),
  aspectRatio: z
    .string()
    .regex(/^[1-9]\d{0,4}:[1-9]\d{0,4}$/, 'expected two whole numbers, e.g. 16:9')
    .describe('Proportions of the box, e.g. 16:9, when width or height or both are left out.'),
  dpr: z
    .number('expected a number')
    .min(0.1, 'expected 0.1–8')
    .max(8, 'expected 0.1–8')
    .describe('Device pixel ratio: multiplies width, height, pad and the min and max sides (default 1).'),
  fit: z
    .enum(fits)
    .describe(
      'How the picture meets a box of width × height: cover (default) fills it and cuts what is over; contain shows all of it on a background; ' +
        'fill stretches; inside is the largest that fits in; outside the smallest that covers.',
    ),
  position: position.describe(
    'What cover keeps and where contain places the picture (default center): a side or corner, a focal point as fractions of the picture, ' +
      'or attention or entropy, which look at it.',
  ),
  withoutEnlargement: z.boolean().describe('Never make the picture larger than it is (default true).'),
  minWidth: side().describe('Scale up to at least this width, even beyond the source.'),
  minHeight: side().describe('Scale up to at least this height, even beyond the source.'),
  maxWidth: side().describe('Scale down to at most this width.'),
  maxHeight: side().describe('Scale down to at most this height.'),
  pad: z
    .union([margin(), z.strictObject({ top: margin(), right: margin(), bottom: margin(), left: margin() }).partial()])
    .describe('Pixels of background added around the result, on all sides or by side.'),
  background: colour().describe(
    'Colour under transparent parts and around contain, pad and turned corners. Left out: transparent where the format can, else white.',
  ),
} as const;

const degrees = 'expected auto, none or degrees from -360 to 360';

/** What the step says about the source, before any rendition. */
export const sourceShape = {
  page: z
    .int('expected a whole number')
    .min(1, 'expected 1 or more')
    .describe('Take this page or frame alone (from 1).'),
  maxFrames: z
    .int('expected a whole number')
    .min(1, 'expected 1–2000')
    .max(2000, 'expected 1–2000')
    .describe('Keep at most the first so many frames of an animation (default all, up to 2000).'),
  rotate: z
    .union([z.enum(['auto', 'none']), z.number().min(-360, degrees).max(360, degrees)], {
      error: degrees,
    })
    .describe(
      'auto (default) turns the picture upright as its EXIF says; degrees turn it further, clockwise; none leaves it as stored.',
    ),
  flip: z.enum(['horizontal', 'vertical', 'both']).describe('Mirror left to right, top to bottom, or both.'),
  crop: z
    .strictObject({ left: fraction(), top: fraction(), width: fraction(), height: fraction() })
    .refine(({ left, width }) => left + width <= 1, { path: ['width'], error: 'left + width goes beyond 1' })
    .refine(({ top, height }) => top + height <= 1, { path: ['height'], error: 'top + height goes beyond 1' })
    .describe('Cut this part out first; fractions of the upright picture.'),
  trim: z
    .union([z.boolean(), z.strictObject({ threshold: z.number().min(0).max(255), colour: colour() }).partial()])
    .describe('Cut away borders of one colour (default: that of the top left pixel) within a threshold (default 10).'),
  damaged: z
    .enum(['refuse', 'salvage'])
    .describe('A cut-off or damaged file is refused (default), or salvaged as far as it can be read.'),
} as const;
