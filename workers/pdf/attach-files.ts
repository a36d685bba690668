import { readFile } from 'node:fs/promises';
import { InputError } from '../../shared/errors.ts';
import type { InputFile } from '../kind.ts';
import { findInput } from '../media/find-input.ts';
import type { AttachmentWish } from './attachment-param.ts';
import type { PdfFile } from './page/open-pdf-file.ts';

/** pdfkit takes each as a whole. */
const maxBytes = 128 * 1024 ** 2;

interface Attachment {
  readonly wish: AttachmentWish;
  readonly input: InputFile;
  readonly name: string;
}

interface Sorted {
  readonly attachments: readonly Attachment[];
  /** What the document is made of. */
  readonly shown: readonly InputFile[];
}

/** @throws InputError when a wish cannot be met, before any page is laid out. */
export function sortInputs(wishes: readonly AttachmentWish[], inputs: readonly InputFile[]): Sorted {
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
