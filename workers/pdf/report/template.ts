import { z } from 'zod';
import { filledText, formatParam } from './format-param.ts';

/** A template of `layout: report`: blocks in order, whose texts take `{{path}}` from the data. Strict, so that typing errors show. */

const text = filledText;
const path = z.string().max(300).describe('Where in the data, e.g. `order.lines`; `.` is the data itself');

const column = z
  .strictObject({
    title: text,
    value: text.describe('E.g. `{{name}}` or `{{price|number:2}}`, looked up in the row first'),
    align: z.enum(['left', 'center', 'right']).optional(),
    total: z.enum(['sum', 'average', 'count']).optional().describe('A bold last row: over the numbers at `field`'),
    field: path.optional().describe('The number that `total` takes from each row'),
    format: formatParam.optional().describe('How the total is written, e.g. `number:2` or `currency:EUR`'),
  })
  .refine(({ total, field }) => total === undefined || total === 'count' || field !== undefined, {
    path: ['field'],
    message: 'expected the number in each row that the total is taken over, e.g. "price"',
  });

const chart = z
  .strictObject({
    type: z.literal('chart'),
    chart: z.enum(['bar', 'line', 'pie']),
    title: text.optional(),
    rows: path,
    label: text.describe('What each row is called, e.g. `{{month}}`'),
    series: z
      .array(z.strictObject({ name: text, field: path }))
      .min(1)
      .max(12),
    height: z.number().min(30).max(250).default(75).describe('Millimetres'),
    format: formatParam.optional().describe('How numbers are written'),
  })
  .refine(({ chart: kind, series }) => kind !== 'pie' || series.length === 1, {
    path: ['series'],
    message: 'a pie shows one series; use bars or lines for several',
  });

export const templateBlock = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('heading'), text, level: z.int().min(1).max(6).default(1) }),
  z.strictObject({ type: z.literal('text'), text: text.describe('Markdown') }),
  z.strictObject({
    type: z.literal('facts'),
    items: z
      .array(z.strictObject({ label: text, value: text }))
      .min(1)
      .max(200),
  }),
  z.strictObject({
    type: z.literal('table'),
    rows: path,
    columns: z.array(column).min(1).max(30),
    totalLabel: text.optional().describe('In the row of totals, in the first column that has none, e.g. `Total`'),
  }),
  chart,
  z.strictObject({ type: z.literal('image'), source: text, alt: text.default('') }),
  z.strictObject({ type: z.literal('page-break') }),
]);

export type TemplateBlock = z.infer<typeof templateBlock>;
export type TableTemplate = Extract<TemplateBlock, { type: 'table' }>;
export type ChartTemplate = Extract<TemplateBlock, { type: 'chart' }>;
