import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';

/** 0.2 s, 0.5 s, 1 s, 2 s, then every 5 s: a restarted PostgreSQL is back within one or two of them. */
const delaysMs = [200, 500, 1000, 2000, 5000] as const;

/**
 * Tries until the ledger answers. Giving the message back instead would use up its delivery limit within a second of an
 * outage and make dead letters of good reports. @throws the signal's reason, and whatever is not `ledger_unavailable`.
 */
export async function persist<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'ledger_unavailable')) throw error;
      await pause(delaysMs[Math.min(attempt, delaysMs.length - 1)], undefined, { signal });
    }
  }
}
