import { Worker } from 'node:worker_threads';
import { AppError, InputError } from '../../shared/errors.ts';
import type { BuiltPdf, PdfOrder } from './build-pdf.ts';
import type { ThreadMessage } from './thread-main.ts';

/** A thread that needs more is laying out something no reader can open; images are outside this limit (libvips' own memory). */
const maxHeapMb = 768;

export interface ThreadJob {
  readonly order: PdfOrder;
  readonly signal: AbortSignal;
  progress(fraction: number): void;
}

/** Builds one PDF in a thread of its own, which is gone when this settles. @throws the reason of an abort, or what the build threw. */
export async function buildInThread({ order, signal, progress }: ThreadJob): Promise<BuiltPdf> {
  signal.throwIfAborted();
  const thread = new Worker(new URL('./thread-boot.mjs', import.meta.url), {
    workerData: order,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    // Nothing in a layout needs the worker's secrets.
    env: {},
  });
  const abort = () => void thread.terminate();
  signal.addEventListener('abort', abort);
  try {
    return await outcomeOf(thread, progress);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    await thread.terminate();
  }
}

function outcomeOf(thread: Worker, progress: (fraction: number) => void): Promise<BuiltPdf> {
  return new Promise((resolve, reject) => {
    thread.on('message', (message: ThreadMessage) => {
      if (message.type === 'progress') progress(message.fraction);
      if (message.type === 'built') resolve(message.built);
      if (message.type === 'refused') reject(refusal(message));
    });
    thread.once('error', (error: NodeJS.ErrnoException) => reject(isOutOfMemory(error) ? tooLarge(error) : error));
    thread.once('exit', () => reject(new Error('the PDF thread ended without a result')));
  });
}

const isOutOfMemory = (error: NodeJS.ErrnoException) => error.code === 'ERR_WORKER_OUT_OF_MEMORY';

const tooLarge = (cause: unknown) =>
  new InputError('The document needs more memory than one PDF may use here. Cut it into several.', cause);

/** Errors lose their class between threads, so they travel as data. */
function refusal({ code, message, retryable }: Extract<ThreadMessage, { type: 'refused' }>): AppError {
  return code === 'input_invalid' ? new InputError(message) : new AppError(code, message, { retryable });
}
