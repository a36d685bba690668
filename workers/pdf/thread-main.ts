/** The entry of the thread that builds one PDF: reads its order, reports progress, ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { type BuiltPdf, buildPdf, type PdfOrder } from './build-pdf.ts';

export type ThreadMessage =
  | { readonly type: 'progress'; readonly fraction: number }
  | { readonly type: 'built'; readonly built: BuiltPdf }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string; readonly retryable: boolean };

const post = (message: ThreadMessage) => parentPort?.postMessage(message);

try {
  const built = await buildPdf(workerData as PdfOrder, (fraction) => post({ type: 'progress', fraction }));
  post({ type: 'built', built });
} catch (error) {
  // Anything unforeseen is thrown on: it reaches the worker with its stack, as a fault of ours.
  if (!(error instanceof AppError)) throw error;
  post({ type: 'refused', code: error.code, message: error.publicMessage, retryable: error.retryable });
}
