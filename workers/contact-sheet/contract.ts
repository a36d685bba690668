import { z } from 'zod';
import type { Contract } from '../kind.ts';
import { isColour } from '../media/css-colours.ts';

const px = (min: number, max: number) =>
  z
    .int('expected a whole number of pixels')
    .min(min, `expected ${min}–${max} pixels`)
    .max(max, `expected ${min}–${max} pixels`);

export const contactSheetParams = z
  .strictObject({
    layout: z
      .enum(['sheet', 'sprite'])
      .describe(
        'sheet (default) for people, with gaps and captions; sprite for programs: cells edge to edge and an index of where each is.',
      ),
    columns: z
      .int()
      .min(1, 'expected 1–100')
      .max(100, 'expected 1–100')
      .describe('Left out: as many as rows, or one more.'),
    cellWidth: px(8, 2000).describe('Width of a cell (default 240).'),
    cellHeight: px(8, 2000).describe('Height of a cell (default 180).'),
    fit: z
      .enum(['contain', 'cover'])
      .describe(
        'contain (default for sheets) shows all of a picture in its cell, cover (default for sprites) fills the cell.',
      ),
    gap: px(0, 200).describe('Between cells and around them, sheets only (default 12).'),
    background: z
      .string()
      .refine(isColour, 'expected #rgb, #rgba, #rrggbb, #rrggbbaa or a CSS colour name')
      .describe('Default white; transparent for sprites.'),
    captions: z
      .enum(['none', 'name', 'number'])
      .describe('What stands below each picture, sheets only (default none).'),
    format: z.enum(['jpeg', 'png', 'webp']).describe('Default jpeg; webp for sprites.'),
    quality: z.int().min(1, 'expected 1–100').max(100, 'expected 1–100').describe('1–100 (default 82).'),
    perSheet: z
      .int()
      .min(1, 'expected 1–1000')
      .max(1000, 'expected 1–1000')
      .describe('Pictures on one sheet (default 100).'),
  })
  .partial();
export type ContactSheetParams = z.infer<typeof contactSheetParams>;

export const contactSheetContract: Contract<ContactSheetParams> = {
  kind: 'contact-sheet',
  summary: 'Lays many pictures out as one: a contact sheet with captions, or a sprite with an index.',
  params: contactSheetParams,
  inputs: { min: 1, max: 1000, accepts: ['image/*'] },
  limits: { maxInputBytes: 512 * 1024 ** 2, timeoutMs: 10 * 60_000 },
  tools: [],
  examples: [
    { title: 'A sheet with file names', params: { columns: 5, captions: 'name' } },
    {
      title: 'A sprite for a player or a map',
      params: { layout: 'sprite', cellWidth: 160, cellHeight: 90, columns: 10 },
    },
  ],
};
