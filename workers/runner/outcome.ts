import { AppError, type ErrorCode } from '../../shared/errors.ts';
import type { PublicError } from '../../shared/messages/job.ts';
import type { InterruptionCause } from './interruption.ts';

/**
 * What becomes of a task; nothing else decides it.
 *
 *   done       outputs and manifest are stored            → report succeeded, ack
 *   retry      a transient failure, tries are left        → the next delay queue gets a copy with try + 1, report retrying, ack
 *   failed     the input is at fault, or tries are used up → report failed; kept as dead letter unless the input is at fault
 *   cancelled  somebody asked                              → report cancelled, ack
 *   release    the worker goes down, or cannot report      → back to the queue, costs no try
 *   lost       the broker took the message back            → nothing: it is somebody else's now
 */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly error: PublicError }
  | { readonly kind: 'failed'; readonly error: PublicError; readonly deadLetter: boolean }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'release' }
  | { readonly kind: 'lost' };

interface Circumstances {
  readonly step: string;
  readonly error?: unknown;
  readonly interruption: InterruptionCause | undefined;
  /** 0 is the first try. */
  readonly tryNumber: number;
  readonly maxTries: number;
}

export function decideOutcome(circumstances: Circumstances): Outcome {
  const { error, interruption } = circumstances;
  if (error === undefined) return { kind: 'done' };
  if (interruption === 'lost' || interruption === 'cancelled') return { kind: interruption };
  if (interruption === 'shutdown' || cannotReport(error)) return { kind: 'release' };
  const failure = interruption === 'deadline' ? deadlineError() : asAppError(error);
  const publicError = { code: failure.code, message: failure.publicMessage, step: circumstances.step };
  if (!failure.retryable) return { kind: 'failed', error: publicError, deadLetter: !expected.has(failure.code) };
  if (circumstances.tryNumber + 1 < circumstances.maxTries) return { kind: 'retry', error: publicError };
  return { kind: 'failed', error: publicError, deadLetter: true };
}

/** Failures that are nobody's fault here: the input's, or parts that do not fit and make the step run whole. */
const expected: ReadonlySet<ErrorCode> = new Set(['input_invalid', 'split_mismatch']);

/** Without the broker neither success nor failure can be told; the message comes back when the broker does. */
function cannotReport(error: unknown): boolean {
  return error instanceof AppError && error.code === 'broker_unavailable';
}

function deadlineError(): AppError {
  return new AppError(
    'deadline_exceeded',
    'This step took longer than its time limit. Send a shorter or smaller file, or ask for less in one step.',
  );
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isNoSpace(error)) {
    return new AppError(
      'scratch_full',
      'The worker ran out of disk space for this step. Try again later or send a smaller file.',
      {
        cause: error,
      },
    );
  }
  return new AppError('internal_error', 'The step failed for a reason on our side; it is tried again.', {
    retryable: true,
    cause: error,
  });
}

function isNoSpace(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')) return true;
  }
  return false;
}
