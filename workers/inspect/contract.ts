import { z } from 'zod';
import type { Contract } from '../kind.ts';

export const inspectParams = z.strictObject({
  colours: z
    .int('expected a whole number')
    .min(1, 'expected 1–16')
    .max(16, 'expected 1–16')
    .describe('How many colours the palette has at most (default 5).')
    .optional(),
  exif: z.boolean().describe('Include what the camera wrote, without the place (default false).').optional(),
  location: z
    .boolean()
    .describe('Include where the picture was taken; ask the people in it first (default false).')
    .optional(),
});
export type InspectParams = z.infer<typeof inspectParams>;

export const inspectContract: Contract<InspectParams> = {
  kind: 'inspect',
  summary:
    'Tells what a file is: sizes, placeholders, colours and a hash of pictures; pages of PDFs; streams of media.',
  params: inspectParams,
  inputs: { min: 1, max: 100, accepts: ['image/*', 'application/pdf', 'video/*', 'audio/*'] },
  limits: { maxInputBytes: 16 * 1024 ** 3, timeoutMs: 5 * 60_000 },
  tools: [],
  examples: [
    { title: 'Facts and placeholders', params: {} },
    { title: 'With what the camera wrote', params: { exif: true } },
    { title: 'One dominant colour', params: { colours: 1 } },
  ],
};
