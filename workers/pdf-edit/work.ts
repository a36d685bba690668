import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../kind.ts';
import { type QpdfJob, runQpdf } from '../media/pdf/run-qpdf.ts';
import type { PdfEditParams } from './contract.ts';

export type EditTask = Task<PdfEditParams>;

/** A document on its way: a file of ours in scratch, never protected. */
export interface Work {
  readonly path: string;
  readonly pages: number;
  /** How its sender calls it. */
  readonly name: string;
  /** Appended to the names of outputs: empty, or `-2` for the second part of a split. */
  readonly suffix: string;
}

/** Writes the document anew with what the job says; the earlier file goes, so scratch holds one of each. */
export async function rewrite(task: EditTask, work: Work, job: QpdfJob): Promise<Work> {
  const path = await write(task, work, job);
  await rm(work.path, { force: true });
  return { ...work, path };
}

/** As `rewrite`, and the earlier file stays. */
export async function write(task: EditTask, work: Pick<Work, 'path' | 'name'>, job: QpdfJob): Promise<string> {
  const path = join(task.scratch, `work-${randomUUID()}.pdf`);
  // PDF/A wants a line end before `endstream`, and some readers do.
  const always = { inputFile: work.path, outputFile: path, newlineBeforeEndstream: '' };
  await runQpdf({ ...always, ...job }, { ...task, name: work.name });
  return path;
}

/** The pages of a document, in this order, as a file of their own. */
export const takePages = (task: EditTask, work: Pick<Work, 'path' | 'name'>, pages: readonly number[]) =>
  write(task, work, { pages: [{ file: '.', range: pages.join(',') }] });
