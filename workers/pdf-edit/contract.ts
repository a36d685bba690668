import { z } from 'zod';
import type { Contract } from '../kind.ts';
import { encryptionParam } from '../media/pdf/encryption.ts';
import { pageListParam, pdfPassword } from '../media/pdf/params.ts';
import { operation } from './operation-params.ts';

const source = z.strictObject({
  input: z.string().min(1).max(200).describe('One of the inputs in `use`, by its name in the job or its file name'),
  pages: pageListParam.optional().describe('Which of its pages, in this order; default all'),
  password: pdfPassword.optional().describe('What it is opened with; default `password`'),
});

export const pdfEditParams = z
  .strictObject({
    sources: z
      .array(source)
      .min(1)
      .max(1000)
      .optional()
      .describe('What is put together, in this order. Default: every PDF among the inputs that is not a stamp, whole'),
    operations: z
      .array(operation)
      .max(50)
      .refine((list) => ['text', 'images'].every((op) => list.filter((one) => one.op === op).length <= 1), {
        message: 'expected `text` and `images` at most once each',
      })
      .optional()
      .describe('Done one after the other'),
    password: pdfPassword.optional().describe('What protected inputs are opened with'),
    decrypt: z.boolean().optional().describe('Write the result without protection; by default it stays as it was'),
    encrypt: encryptionParam.optional().describe('Protect the result (AES with 256 bits, revision 6)'),
    optimise: z
      .union([z.boolean(), z.enum(['lossless', 'images'])])
      .optional()
      .describe('Make it smaller: `lossless` (or true) packs better, `images` also writes pictures as JPEG'),
    linearise: z.boolean().optional().describe('Fast web view: the first page shows while the rest still loads'),
  })
  .refine(({ decrypt, encrypt }) => !(decrypt && encrypt !== undefined), {
    path: ['decrypt'],
    message: 'expected decrypt or encrypt, not both',
  });
export type PdfEditParams = z.infer<typeof pdfEditParams>;

export const pdfEditContract: Contract<PdfEditParams> = {
  kind: 'pdf-edit',
  summary: 'Works on existing PDFs: merge, split, reorder, rotate, stamp, number, protect, shrink, flatten, extract.',
  params: pdfEditParams,
  inputs: { min: 1, max: 1000, accepts: ['application/pdf', 'image/*'] },
  limits: { maxInputBytes: 1024 ** 3, timeoutMs: 900_000 },
  tools: ['qpdf', 'pdfinfo', 'pdftotext', 'pdfimages', 'pdftocairo'],
  examples: [
    { title: 'Merge the inputs', params: {} },
    {
      title: 'A draft with page numbers, for the web',
      params: {
        operations: [
          { op: 'stamp', text: 'DRAFT', angle: -45 },
          { op: 'page-numbers', format: '{page} / {pages}' },
        ],
        linearise: true,
      },
    },
    { title: 'A file for every ten pages', params: { operations: [{ op: 'split', every: 10 }] } },
    { title: 'Only with a password', params: { encrypt: { userPassword: 'open sesame', allow: { print: 'none' } } } },
  ],
};
