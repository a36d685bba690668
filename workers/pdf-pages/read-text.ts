import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { Output, Task } from '../kind.ts';
import type { OpenedPdf } from '../media/pdf/open-pdf.ts';
import type { SheetSize } from '../media/pdf/read-sheets.ts';
import { runPdfTool } from '../media/pdf/run-pdf-tool.ts';
import type { PdfPagesParams } from './contract.ts';

type TextTask = Pick<Task<PdfPagesParams>, 'scratch' | 'signal' | 'name'>;

/** A page's words; a novel has two million letters in all. */
const maxTextBytes = 16 * 1024 ** 2;

export interface PageText {
  readonly page: number;
  readonly widthPt: number;
  readonly heightPt: number;
  readonly text: string;
}

/** The text of one page in reading order, without the form feed poppler ends it with. */
export async function readText(task: TextTask, pdf: OpenedPdf, page: number, sheet: SheetSize): Promise<PageText> {
  const path = join(task.scratch, `text-${page}`);
  const { code, stderr } = await runPdfTool({
    command: 'pdftotext',
    args: ['-enc', 'UTF-8', '-nopgbrk', '-f', `${page}`, '-l', `${page}`, pdf.path, path],
    signal: task.signal,
    subject: `page ${page} of “${pdf.name}”`,
    maxFileBytes: maxTextBytes,
  });
  if (code !== 0) {
    throw new InputError(`The text of page ${page} of “${pdf.name}” cannot be read: it is damaged.`, new Error(stderr));
  }
  const text = await readFile(path, 'utf8');
  return { page, widthPt: sheet.width, heightPt: sheet.height, text };
}

/** A file a page. */
export async function writeText(task: TextTask, pdf: OpenedPdf, { page, text }: PageText): Promise<Output> {
  const path = join(task.scratch, `page-${page}.txt`);
  await writeFile(path, ensureContent(text));
  const facts = { page, pages: pdf.pages, characters: [...text.trim()].length };
  return { name: `${task.name}-${page}.txt`, path, mediaType: 'text/plain', facts };
}

/** One file for all pages: `{"pages": [{page, widthPt, heightPt, text}]}`. */
export async function writeTexts(task: TextTask, pdf: OpenedPdf, texts: readonly PageText[]): Promise<Output> {
  const path = join(task.scratch, 'text.json');
  await writeFile(path, JSON.stringify({ pages: texts }, undefined, 2));
  const characters = texts.reduce((sum, { text }) => sum + [...text.trim()].length, 0);
  return {
    ...{ name: `${task.name}.json`, path, mediaType: 'application/json' },
    facts: { pages: pdf.pages, characters },
  };
}

/** An empty output counts as a failed one, and a scanned page has no text: a line break stands for it. */
const ensureContent = (text: string) => (text === '' ? '\n' : text);
