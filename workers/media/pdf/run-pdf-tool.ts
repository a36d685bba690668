import { AppError, InputError } from '../../../shared/errors.ts';
import type { Tool } from '../../kind.ts';
import { diskWasFull, scratchFull } from '../explain-failure.ts';
import { runTool, type ToolResult } from '../run-tool.ts';

/**
 * What one run may use. A 1.3 kB PDF took pdftoppm to 2 GB and another kept it busy without end (reference: platform.md §4);
 * the slowest honest page measured (a picture of 30 000 × 30 000 pixels) took 7.5 s and 28 MB.
 */
const memoryBytes = 2 * 1024 ** 3;
const cpuSeconds = 15;
/** The machine may be busy with other tasks, so the wall clock gets more. */
const timeoutMs = 120_000;

export interface PdfToolRun {
  readonly command: Tool;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  /** How the person who sent the file calls it, or the page of it: `page 3 of “x.pdf”`. */
  readonly subject: string;
  /** Default 1 GiB. */
  readonly maxFileBytes?: number;
  readonly maxStdoutBytes?: number;
  /** For work on the whole document instead of a page. */
  readonly cpuSeconds?: number;
}

/** Runs poppler or qpdf caged; its exit code is for the caller to judge. @throws InputError when the file used up the limits. */
export async function runPdfTool(run: PdfToolRun): Promise<ToolResult> {
  const cpu = run.cpuSeconds ?? cpuSeconds;
  const limits = { memoryBytes, cpuSeconds: cpu, fileBytes: run.maxFileBytes ?? 1024 ** 3 };
  const result = await runTool({ ...run, limits, timeoutMs: Math.max(timeoutMs, cpu * 4000) });
  const cause = new Error(`${run.command}: ${result.code ?? result.signal} ${result.stderr.slice(-4000)}`);
  if (diskWasFull(result.stderr)) throw scratchFull(run.subject, cause);
  if (result.code === 126 || result.code === 127) {
    throw new AppError('tool_missing', `A program this kind needs (${run.command}) is not installed on the worker.`, {
      cause,
    });
  }
  if (result.signal !== null || ranOutOfMemory(result)) {
    throw new InputError(
      `${sentence(run.subject)} takes more time or memory than one task may use: it is damaged, or made to be a trap. ` +
        'Print it to a new PDF and send that.',
      cause,
    );
  }
  return result;
}

/** Poppler goes on after an allocation that failed and may even exit 0, so its words are read. */
const ranOutOfMemory = ({ stderr }: ToolResult) =>
  /out of memory|bogus memory allocation|bad_alloc|cannot allocate memory/i.test(stderr);

export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
