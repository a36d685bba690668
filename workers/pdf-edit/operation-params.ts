import { z } from 'zod';
import { isColour } from '../media/css-colours.ts';
import { pageListParam } from '../media/pdf/params.ts';
import { places } from '../media/places.ts';

const pages = pageListParam.optional().describe('Which pages, e.g. `1-3,7,last` or `odd`; default all');
const colour = z.string().refine(isColour, 'expected #rgb, #rrggbb or a CSS colour name');
const fraction = z.number().min(0).max(1);
const property = z.string().max(1000);

const placing = {
  pages,
  position: z.enum(places).optional().describe('Where on the page as it is seen; default center'),
  margin: z.number().min(0).max(500).optional().describe('Millimetres from the edge; default 10'),
  opacity: fraction.optional().describe('0 invisible … 1 opaque; default 1 for pictures, 0.3 for text'),
  angle: z.number().min(-360).max(360).optional().describe('Turned by these degrees, clockwise; default 0'),
  under: z.boolean().optional().describe('Below the page instead of above it (paper that is painted white hides it)'),
};

const stampText = z.strictObject({
  op: z.literal('stamp'),
  text: z.string().min(1).max(500).describe('A text; line breaks are kept'),
  size: z.number().min(1).max(500).optional().describe('Points; default as large as half the width of the page holds'),
  color: colour.optional().describe('Default #808080'),
  ...placing,
});

const stampInput = z.strictObject({
  op: z.literal('stamp'),
  input: z.string().min(1).max(200).describe('A picture or a PDF (its first page) among the inputs in `use`'),
  scale: z
    .number()
    .min(0.01)
    .max(1)
    .optional()
    .describe(
      "Its width as a fraction of the page's. Default: a picture 0.3; a PDF lies over the whole page, as vectors",
    ),
  ...placing,
});

const pageNumbers = z.strictObject({
  op: z.literal('page-numbers'),
  format: z.string().min(1).max(200).optional().describe('`{page}` and `{pages}` are filled in; default `{page}`'),
  start: z.int().min(0).max(1_000_000).optional().describe('The number of the first page that gets one; default 1'),
  position: z.enum(places).optional().describe('Default bottom'),
  margin: z.number().min(0).max(500).optional().describe('Millimetres from the edge; default 10'),
  size: z.number().min(1).max(200).optional().describe('Points; default 10'),
  color: colour.optional().describe('Default black'),
  pages,
});

const split = z
  .strictObject({
    op: z.literal('split'),
    every: z.int().min(1).max(100_000).optional().describe('A file for every so many pages; default 1'),
    ranges: z.array(pageListParam).min(1).max(500).optional().describe('A file for each, e.g. `["1-3", "4-"]`'),
  })
  .refine(({ every, ranges }) => every === undefined || ranges === undefined, 'expected every or ranges, not both');

const metadata = z
  .strictObject({
    op: z.literal('metadata'),
    strip: z.boolean().optional().describe('Forget everything the document says about itself first'),
    title: property.optional(),
    author: property.optional(),
    subject: property.optional(),
    keywords: property.optional(),
    creator: property.optional().describe('The program the document was written with'),
  })
  .refine((wish) => Object.keys(wish).length > 1, 'expected strip, or title, author, subject, keywords or creator');

export const operation = z.union([
  z.strictObject({
    op: z.literal('select'),
    pages: pageListParam.describe('These pages, in this order, e.g. `3,1-2`'),
  }),
  z.strictObject({ op: z.literal('delete'), pages: pageListParam.describe('All but these pages') }),
  z.strictObject({
    op: z.literal('rotate'),
    degrees: z.literal([90, 180, 270]).describe('Clockwise, added to how the page lies'),
    pages,
  }),
  stampText,
  stampInput,
  pageNumbers,
  z.strictObject({
    op: z.literal('flatten').describe('Forms and notes become part of the page and can no longer be changed'),
    what: z
      .enum(['all', 'print', 'screen'])
      .optional()
      .describe('`print`: only what is printed; `screen`: only what is shown; default all'),
  }),
  metadata,
  split,
  z.strictObject({ op: z.literal('text').describe('The text as a further output, `.txt`'), pages }),
  z.strictObject({
    op: z.literal('images').describe('The pictures in it as further outputs: JPEGs as they are, others as PNG'),
    pages,
  }),
]);
export type Operation = z.infer<typeof operation>;
export type StampText = z.infer<typeof stampText>;
export type StampInput = z.infer<typeof stampInput>;
export type PageNumbers = z.infer<typeof pageNumbers>;
export type Split = z.infer<typeof split>;
export type MetadataWish = z.infer<typeof metadata>;
