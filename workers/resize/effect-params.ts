import { z } from 'zod';
import { colour, fraction } from './geometry-params.ts';
import { watermarkParam } from './watermark-params.ts';

const factor = () => z.number('expected a number').min(0, 'expected 0–10').max(10, 'expected 0–10');

const region = z.strictObject({ left: fraction(), top: fraction(), width: fraction(), height: fraction() });

/** What one rendition may do to the look of the picture, in this order. */
export const effectShape = {
  normalise: z.boolean().describe('Stretch the brightness to the full range.'),
  grayscale: z.boolean().describe('Take the colours away.'),
  tint: colour().describe('Colour the picture with this hue, keeping its brightness.'),
  modulate: z
    .strictObject({
      brightness: factor().describe('1 leaves it.'),
      saturation: factor().describe('1 leaves it, 0 is grey.'),
      hue: z.number('expected degrees').min(-360).max(360).describe('Degrees around the colour wheel.'),
    })
    .partial()
    .describe('Brighter, more colourful, other hue.'),
  blur: z
    .number('expected a number')
    .min(0.3, 'expected 0.3–100')
    .max(100, 'expected 0.3–100')
    .describe('Blur with this sigma, in pixels of the result.'),
  sharpen: z
    .union([z.boolean(), z.number().min(0.3).max(10)], { error: 'expected true or a sigma from 0.3 to 10' })
    .describe('Sharpen, mildly or with this sigma.'),
  hide: z
    .array(
      region.extend({
        by: z
          .enum(['pixelate', 'blur', 'fill'])
          .describe('fill (with black) is the only one nobody can undo.')
          .optional(),
      }),
    )
    .max(50, 'expected at most 50 regions')
    .describe('Regions to make unrecognisable (default pixelate), as fractions of the picture before it is fitted.'),
  cornerRadius: z
    .union([z.int().min(1).max(8192), z.literal('circle')], { error: 'expected pixels or circle' })
    .describe('Round the corners by so many pixels, or cut out the largest circle (ellipse).'),
  watermark: watermarkParam,
} as const;
