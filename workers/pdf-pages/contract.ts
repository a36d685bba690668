import { z } from 'zod';
import type { Contract } from '../kind.ts';
import { isColour } from '../media/css-colours.ts';
import { pageListParam, pdfPassword } from '../media/pdf/params.ts';

/** Longest side of a picture; libwebp and libaom hold no more than 16 383, and A0 at 200 dpi needs 9 362. */
export const maxSidePx = 10_000;

const side = z.int().min(1).max(maxSidePx);

export const pageFormats = ['png', 'jpeg', 'webp', 'avif'] as const;
export type PageFormat = (typeof pageFormats)[number];

export const pdfPagesParams = z
  .strictObject({
    pages: pageListParam
      .optional()
      .describe('Which pages, e.g. `1-3,7,last`, `odd`, `last-1`; default all of them (at most 500 in a step)'),
    width: side.optional().describe('Largest width in pixels; the shape of the page is kept'),
    height: side.optional().describe('Largest height in pixels; with `width`, the page fits into both'),
    dpi: z
      .number()
      .min(1)
      .max(1200)
      .optional()
      .describe('Pixels to the inch, instead of width and height; default 150. Never more than 10 000 pixels a side'),
    format: z.enum(pageFormats).optional().describe('Default png'),
    quality: z.int().min(1).max(100).optional().describe('Of jpeg (default 85), webp (85) and avif (60)'),
    background: z
      .string()
      .refine(isColour, 'expected a colour: #rrggbb, #rrggbbaa, a CSS name, or transparent')
      .optional()
      .describe('The colour of the paper, or `transparent` (not for jpeg); default white'),
    box: z
      .enum(['crop', 'media'])
      .optional()
      .describe('`crop` (default): what a viewer shows; `media`: the whole sheet with its trim marks'),
    text: z
      .union([z.boolean(), z.enum(['txt', 'json'])])
      .optional()
      .describe('The text too: `txt` (or true) is a file a page, `json` one file for all. No text recognition'),
    images: z.boolean().optional().describe('`false`: only the text'),
    password: pdfPassword.optional().describe('What the PDF is opened with'),
  })
  .refine(
    ({ width, height, dpi }) => dpi === undefined || (width === undefined && height === undefined),
    'expected either dpi, or width and height',
  )
  .refine(({ format, background }) => !(format === 'jpeg' && background?.toLowerCase() === 'transparent'), {
    path: ['background'],
    message: 'jpeg has no transparency: expected a colour, or format png, webp or avif',
  })
  .refine(({ images, text }) => images !== false || (text !== undefined && text !== false), {
    path: ['images'],
    message: 'without images there is nothing to do: ask for text as well',
  });
export type PdfPagesParams = z.infer<typeof pdfPagesParams>;

export const pdfPagesContract: Contract<PdfPagesParams> = {
  kind: 'pdf-pages',
  summary: 'Pictures of the pages of a PDF, and their text.',
  params: pdfPagesParams,
  inputs: { min: 1, max: 1, accepts: ['application/pdf'] },
  limits: { maxInputBytes: 1024 ** 3, timeoutMs: 900_000 },
  tools: ['pdftoppm', 'pdftocairo', 'pdftotext', 'pdfinfo', 'qpdf'],
  examples: [
    { title: 'A thumbnail of the first page', params: { pages: '1', width: 320, format: 'webp' } },
    { title: 'Every page for reading on screen', params: { dpi: 150, format: 'jpeg' } },
    { title: 'The first three pages and the last, with their text', params: { pages: '1-3,last', text: 'json' } },
  ],
};
