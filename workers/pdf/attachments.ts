import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { InputError } from '../../shared/errors.ts';
import type { InputFile } from '../kind.ts';
import { findInput } from '../media/find-input.ts';
import type { PdfFile } from './page/open-pdf-file.ts';

/** pdfkit takes each as a whole. */
const maxBytes = 128 * 1024 ** 2;

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

type Wish = z.infer<typeof attachmentParam>;

interface Attachment {
  readonly wish: Wish;
  readonly input: InputFile;
  readonly name: string;
}

interface Sorted {
  readonly attachments: readonly Attachment[];
  /** What the document is made of. */
  readonly shown: readonly InputFile[];
}

/** @throws InputError when a wish cannot be met, before any page is laid out. */
export function sortInputs(wishes: readonly Wish[], inputs: readonly InputFile[]): Sorted {
  const attachments = wishes.map((wish) => {
    const input = findInput({ inputs }, wish.input);
    return { wish, input, name: wish.name ?? input.name };
  });
  refuse(attachments);
  const only = new Set(attachments.filter(({ wish }) => !wish.shown).map(({ input }) => input));
  const shown = inputs.filter((input) => !only.has(input));
  if (shown.length > 0) return { attachments, shown };
  throw new InputError('All inputs are attachments. Send what the document is made of too, or attach with `shown`.');
}

function refuse(attachments: readonly Attachment[]): void {
  const names = attachments.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new InputError(`Two attachments are called “${twice}”. Give one another \`name\`.`);
  if (attachments.reduce((sum, { input }) => sum + input.bytes, 0) <= maxBytes) return;
  throw new InputError(`The attachments have more than ${maxBytes / 1024 ** 2} MB in all. Leave some out.`);
}

/** Readers list them in this order. */
export async function attachFiles(file: PdfFile, attachments: readonly Attachment[]): Promise<void> {
  for (const { wish, input, name } of attachments) {
    const { description, relationship, mime = input.mediaType } = wish;
    file.attach(await readFile(input.path), { name, description, relationship, mime });
  }
}
