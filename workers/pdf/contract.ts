import { z } from 'zod';
import type { Contract } from '../kind.ts';

export const pdfParams = z.strictObject({});
export type PdfParams = z.infer<typeof pdfParams>;

export const pdfContract: Contract<PdfParams> = {
  kind: 'pdf',
  summary: '',
  params: pdfParams,
  inputs: { min: 1, max: 1, accepts: ['image/*'] },
  limits: { maxInputBytes: 1024 ** 3, timeoutMs: 600_000 },
  tools: [],
  examples: [],
};
