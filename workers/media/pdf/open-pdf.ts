import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../../shared/errors.ts';
import type { InputFile } from '../../kind.ts';
import { runPdfTool } from './run-pdf-tool.ts';
import { runQpdf } from './run-qpdf.ts';

export interface OpenedPdf {
  /** Readable without a password: the input itself, or an unlocked copy in scratch. */
  readonly path: string;
  /** As it was sent. */
  readonly original: string;
  readonly name: string;
  readonly pages: number;
  readonly encrypted: boolean;
}

interface OpenOptions {
  readonly password?: string | undefined;
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** Readers look for the mark among the first 1024 bytes (ISO 32000-1, annex H, note 13). */
const markWithin = 1024;

/** Counts the pages, and unlocks a copy when the file is protected. @throws InputError with a sentence for its sender. */
export async function openPdf(input: InputFile, options: OpenOptions): Promise<OpenedPdf> {
  if (!(await isPdf(input.path))) throw notPdf(input);
  const { path, name } = input;
  const first = await countPages(path, name, options.signal);
  if (first !== 'locked' && !first.encrypted) return { path, original: path, name, ...first };
  const unlocked = join(options.scratch, `unlocked-${randomUUID()}.pdf`);
  const job = { inputFile: path, password: options.password ?? '', decrypt: '', outputFile: unlocked };
  await runQpdf(job, { ...options, name });
  const second = await countPages(unlocked, name, options.signal);
  if (second === 'locked') throw unreadable(name);
  return { path: unlocked, original: path, name, pages: second.pages, encrypted: true };
}

export async function isPdf(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(markWithin), 0, markWithin, 0);
    return buffer.subarray(0, bytesRead).includes('%PDF-');
  } finally {
    await file.close();
  }
}

async function countPages(path: string, name: string, signal: AbortSignal) {
  const subject = `“${name}”`;
  const { code, stdout, stderr } = await runPdfTool({ command: 'pdfinfo', args: [path], signal, subject });
  if (/incorrect password/i.test(stderr)) return 'locked' as const;
  const said = stdout.toString('utf8');
  const pages = Number(/^Pages:\s+(\d+)/m.exec(said)?.[1] ?? 0);
  if (code !== 0) throw unreadable(name, stderr);
  if (pages === 0) throw new InputError(`“${name}” has no pages. Save it again or send another copy.`);
  return { pages, encrypted: /^Encrypted:\s+yes/m.test(said) };
}

function notPdf(input: InputFile): InputError {
  if (input.bytes === 0) return new InputError(`“${input.name}” is empty (0 bytes). Send the PDF again.`);
  return new InputError(
    `Expected a PDF, but the content of “${input.name}” is not one, whatever its name says. Send a PDF.`,
  );
}

const unreadable = (name: string, said = '') =>
  new InputError(`“${name}” is damaged and cannot be read. Save it again or send another copy.`, new Error(said));
