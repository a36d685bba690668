import { z } from 'zod';
import { places } from '../media/places.ts';
import { colour, fraction } from './geometry-params.ts';

const placing = {
  position: z.enum(places).describe('Where it lies (default bottom-right).'),
  margin: z
    .int()
    .min(0)
    .max(4096)
    .describe('Pixels from the edge, or between tiles (default a fiftieth of the width).'),
  tile: z.boolean().describe('Repeat it over the whole picture.'),
  opacity: fraction().describe('0 invisible … 1 opaque (default 0.7).'),
  angle: z.number('expected degrees').min(-360).max(360).describe('Turned by these degrees, clockwise.'),
} as const;

const byImage = z
  .strictObject({
    image: z.string().min(1).max(200).describe('Which of the inputs in `use` it is (default the second).'),
    scale: z.number().min(0.01).max(1).describe("Its width as a fraction of the picture's (default 0.2)."),
    ...placing,
  })
  .partial();

const byText = z
  .strictObject({
    text: z
      .string()
      .max(500, 'expected at most 500 characters')
      .refine((text) => /[^\s\p{C}]/u.test(text), 'expected a text that can be seen'),
    size: z
      .number()
      .min(0.005)
      .max(0.5)
      .describe("Height of the letters as a fraction of the picture's height (default 0.05)."),
    color: colour().describe('Default white.'),
    font: z
      .string()
      .regex(/^[\p{L}\p{N} -]{1,80}$/u, 'expected the name of a font family')
      .describe('A font installed on the workers (default Noto Sans, which is always there).'),
    ...placing,
  })
  .partial()
  .required({ text: true });

const watermark = z.union([byText, byImage]);
export type Watermark = z.infer<typeof watermark>;
export type TextWatermark = z.infer<typeof byText>;
export type ImageWatermark = z.infer<typeof byImage>;

export const watermarkParam = z
  .union([byText, byImage, z.array(watermark).min(1).max(10)])
  .describe('A picture (a further input in `use`) or a text laid over the result, or a list of them.');
