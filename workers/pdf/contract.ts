import { z } from 'zod';
import type { Contract } from '../kind.ts';
import { encryptionParam } from '../media/pdf/encryption.ts';
import { attachmentParam } from './attachment-param.ts';
import { pageSizes } from './page/page-sizes.ts';
import { templateBlock } from './report/template.ts';

const mm = (max: number) => z.number().min(0).max(max);

/** The pattern lets tags through that say a thing twice, such as `de-AT-AT`. */
function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

const sides = z.strictObject({
  top: mm(200).optional(),
  right: mm(200).optional(),
  bottom: mm(200).optional(),
  left: mm(200).optional(),
});

const runningText = z.string().max(300);
const running = z.union([
  runningText,
  z.strictObject({ left: runningText.optional(), center: runningText.optional(), right: runningText.optional() }),
]);

const page = z
  .strictObject({
    size: z
      .union([
        z.enum(pageSizes),
        z.strictObject({ width: z.number().min(20).max(2000), height: z.number().min(20).max(2000) }),
      ])
      .default('A4')
      .describe('A name, or {width, height} in millimetres'),
    orientation: z
      .enum(['auto', 'portrait', 'landscape'])
      .default('auto')
      .describe('`auto`: as the size stands; with `layout: pages`, as each image lies'),
    margin: z
      .union([mm(200), sides])
      .optional()
      .describe('Millimetres, one number or {top, right, bottom, left}; default 20 for a document, 12 otherwise'),
  })
  .prefault({});

const languageTag = z
  .string()
  .max(60)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'expected a language tag such as en or de-AT')
  .refine(isLanguageTag, 'expected a language tag such as en or de-AT');

const noPasswords = 'PDF/A forbids passwords: leave out encrypt or conformance';
const noAttachments = 'PDF/A-1 forbids attached files: leave out attachments or conformance';

export const pdfParams = z
  .strictObject({
    layout: z
      .enum(['pages', 'contact-sheet', 'document', 'report'])
      .describe(
        '`pages`: one image a page; `contact-sheet`: a grid of images; `document`: Markdown or plain text with images; `report`: a template filled with JSON data',
      ),
    page: page.describe('The paper'),
    title: z.string().max(500).optional().describe("The document's title, in its properties and on the contact sheet"),
    author: z.string().max(500).optional().describe('The author, in the document’s properties'),
    pageNumbers: z.boolean().optional().describe('Page numbers at the foot; default true, false with `layout: pages`'),
    header: running.optional().describe('Above the text or the images of every page; see `footer`'),
    footer: running
      .optional()
      .describe(
        'Below the text or the images of every page, instead of the page number. One text (centred) or {left, center, right}; ' +
          '{page}, {pages}, {title}, {author} and, in a document or report, {section} (the last heading of level 1 or 2) are filled in',
      ),
    contents: z
      .union([z.boolean(), z.int().min(1).max(6)])
      .default(false)
      .describe(
        '`document` and `report`: a table of contents with page numbers before the text; a number is how many levels. `[TOC]` in the text puts it there',
      ),
    fit: z
      .enum(['contain', 'cover', 'fill'])
      .default('contain')
      .describe('`pages`: how an image meets the area inside the margins: whole, cut to fill it, or stretched'),
    upscale: z.boolean().default(true).describe('`pages`: enlarge small images to the area; false keeps them at `dpi`'),
    dpi: z.int().min(36).max(600).default(200).describe('Images finer than this are reduced to it'),
    columns: z.int().min(1).max(20).default(4).describe('`contact-sheet`: images in a row'),
    captions: z
      .boolean()
      .optional()
      .describe('The file name under each image; default true in a contact sheet, false with `pages`'),
    language: languageTag.optional().describe('The language of the text, for readers that speak, e.g. `en` or `pt-BR`'),
    tagged: z
      .boolean()
      .default(true)
      .describe('Say what is a heading, a list, a table, a figure, so that screen readers can follow'),
    conformance: z
      .enum(['PDF/A-1b'])
      .optional()
      .describe('For archives (ISO 19005-1, level B): all it needs to look the same in fifty years is in it'),
    subject: z.string().max(500).optional().describe('The subject, in the document’s properties'),
    keywords: z.array(z.string().max(100)).max(50).optional().describe('Keywords, in the document’s properties'),
    attachments: z
      .array(attachmentParam)
      .min(1)
      .max(100)
      .optional()
      .describe('Inputs that travel inside the PDF as files, e.g. the data of a report'),
    encrypt: encryptionParam
      .optional()
      .describe('Protect the PDF with passwords (AES with 256 bits, revision 6); needs qpdf on the worker'),
    template: z
      .array(templateBlock)
      .min(1)
      .max(500)
      .optional()
      .describe('`report`: its blocks in order; texts take {{path}} or {{path|number:2}} from the JSON input'),
    locale: languageTag.default('en').describe('`report`: how numbers and dates are written, e.g. `de` or `en-GB`'),
    syntax: z
      .enum(['auto', 'markdown', 'plain'])
      .default('auto')
      .describe('`document`: `auto` reads .txt and .log as plain text, everything else as Markdown'),
  })
  .superRefine(({ conformance, encrypt, attachments }, context) => {
    if (conformance === undefined) return;
    if (encrypt !== undefined) context.addIssue({ code: 'custom', path: ['encrypt'], message: noPasswords });
    if (attachments !== undefined) context.addIssue({ code: 'custom', path: ['attachments'], message: noAttachments });
  });
export type PdfParams = z.infer<typeof pdfParams>;

export const pdfContract: Contract<PdfParams> = {
  kind: 'pdf',
  summary:
    'Builds a PDF: images to pages, a contact sheet, a document from Markdown or plain text, or a report from JSON data.',
  params: pdfParams,
  inputs: { min: 1, max: 1000, accepts: ['image/*', 'text/markdown', 'text/plain', 'application/json'] },
  limits: { maxInputBytes: 1024 ** 3, timeoutMs: 600_000 },
  tools: [],
  examples: [
    {
      title: 'One image a page, as the scanner gave them',
      params: { layout: 'pages', page: { size: 'A4', margin: 10 } },
    },
    {
      title: 'A contact sheet, five in a row',
      params: { layout: 'contact-sheet', columns: 5, title: 'Shooting of 12 May' },
    },
    {
      title: 'A table of figures that carries its data',
      params: {
        layout: 'document',
        attachments: [{ input: 'figures.csv', mime: 'text/csv', relationship: 'Data', description: 'The figures' }],
      },
    },
    {
      title: 'A letter only those with the password open',
      params: { layout: 'document', encrypt: { userPassword: 'open sesame', allow: { print: 'low' } } },
    },
    {
      title: 'A contract for the archive',
      params: { layout: 'document', conformance: 'PDF/A-1b', language: 'en', title: 'Contract 42' },
    },
    {
      title: 'A letter from Markdown',
      params: { layout: 'document', page: { size: 'Letter', margin: 25 }, author: 'Ada' },
    },
    {
      title: 'A handbook with contents and running heads',
      params: { layout: 'document', contents: 2, title: 'Handbook', header: { left: '{title}', right: '{section}' } },
    },
    {
      title: 'A report: the table breaks over pages with its head, the chart is drawn as vectors',
      params: {
        layout: 'report',
        locale: 'de',
        template: [
          { type: 'heading', text: 'Sales {{year}}' },
          {
            type: 'table',
            rows: 'months',
            columns: [
              { title: 'Month', value: '{{name}}' },
              { title: 'EUR', value: '{{eur|number:2}}', align: 'right', total: 'sum', field: 'eur' },
            ],
          },
          { type: 'chart', chart: 'bar', rows: 'months', label: '{{name}}', series: [{ name: 'EUR', field: 'eur' }] },
        ],
      },
    },
  ],
};
