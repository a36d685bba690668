import { z } from 'zod';

export const attachmentParam = z.strictObject({
  input: z.string().min(1).max(200).describe('One of the inputs in `use`, by its name in the job or its file name'),
  name: z
    .string()
    .min(1)
    .max(200)
    .regex(/^(?!\.)[^/\\\p{Cc}]+$/u, 'expected a file name without a path')
    .optional()
    .describe('What people save it as; default its file name'),
  description: z.string().max(1000).optional().describe('Shown beside it'),
  mime: z
    .string()
    .max(127)
    .regex(/^[\w.+-]+\/[\w.+-]+$/, 'expected a media type such as text/csv')
    .optional()
    .describe('Default: what its content is'),
  relationship: z
    .enum(['Source', 'Data', 'Alternative', 'Supplement', 'Unspecified'])
    .default('Unspecified')
    .describe('What it is to the document (ISO 32000-2, 7.11.3)'),
  shown: z.boolean().default(false).describe('The document is made of it too; by default it is only attached'),
});
export type AttachmentWish = z.infer<typeof attachmentParam>;
