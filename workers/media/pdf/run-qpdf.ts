import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../../shared/errors.ts';
import type { ToolResult } from '../run-tool.ts';
import { runPdfTool } from './run-pdf-tool.ts';

/** qpdf's job file (qpdf 11, "QPDF job JSON"): the same words as its command line, but no neighbour can read a password in it. */
export type QpdfJob = Readonly<Record<string, unknown>>;

export interface QpdfPlace {
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** How the person who sent the file calls it. */
  readonly name: string;
}

/** Whole documents are written, so more than a page gets; a gigabyte of streams recompressed takes about this. */
const cpuSeconds = 180;
const maxFileBytes = 4 * 1024 ** 3;
const maxStdoutBytes = 64 * 1024 ** 2;

/** Exit 3 means warnings with a good result. @throws InputError saying what is wrong with the file. */
export async function runQpdf(job: QpdfJob, { scratch, signal, name }: QpdfPlace): Promise<ToolResult> {
  const path = join(scratch, `qpdf-${randomUUID()}.json`);
  await writeFile(path, JSON.stringify(job), { mode: 0o600 });
  try {
    const args = [`--job-json-file=${path}`];
    const result = await runPdfTool({
      ...{ command: 'qpdf', args, signal, subject: `“${name}”` },
      ...{ cpuSeconds, maxFileBytes, maxStdoutBytes },
    });
    if (result.code === 0 || result.code === 3) return result;
    throw explain(result.stderr, name, job.password !== undefined && job.password !== '');
  } finally {
    await rm(path, { force: true });
  }
}

function explain(stderr: string, name: string, passwordGiven: boolean): InputError {
  const cause = new Error(stderr.slice(-4000));
  if (!/invalid password/i.test(stderr)) {
    return new InputError(`“${name}” is damaged and cannot be read. Save it again or send another copy.`, cause);
  }
  return passwordGiven
    ? new InputError(
        `The password does not open “${name}”. Check it, also for capital letters, and send it again.`,
        cause,
      )
    : new InputError(`“${name}” is protected and needs a password: send it as \`password\`.`, cause);
}
