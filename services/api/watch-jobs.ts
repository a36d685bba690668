import type { Database } from '../../shared/ledger/database.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import { exchanges } from '../../shared/queue/topology.ts';

/** One waiter on one job. A change between two calls of `next` is not lost. */
export interface JobSubscription {
  /** True when the job may have changed since the last call, false after `timeoutMs` or when the signal aborts. */
  next(timeoutMs: number, signal: AbortSignal): Promise<boolean>;
  close(): void;
}

export interface JobWatch {
  subscribe(jobId: string): JobSubscription;
  /** The api itself changed this job. */
  wake(jobId: string): void;
  close(): Promise<void>;
}

interface Waiter {
  dirty: boolean;
  wake: (() => void) | undefined;
}

/**
 * Wakes whoever waits for a job, however many they are, from one listener on `farm.events`. The broker is only the bell; what
 * happened is read from the ledger. Should the bell fail, one query for all watched jobs every two seconds stands in for it.
 */
export function watchJobs(deps: { database: Database; bus: Bus }, pollEveryMs = 2000): JobWatch {
  const waiters = new Map<string, Set<Waiter>>();
  const seen = new Map<string, number>();
  const wake = (jobId: string) => {
    for (const waiter of waiters.get(jobId) ?? []) {
      waiter.dirty = true;
      waiter.wake?.();
    }
  };
  const listener = deps.bus.listen(exchanges.events, '#', (body) => {
    const jobId = jobIdOf(body);
    if (jobId !== undefined) wake(jobId);
  });
  let polling: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy || waiters.size === 0) return;
    busy = true;
    polling = pollSequences(deps.database, [...waiters.keys()], seen, wake)
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  }, pollEveryMs);
  return {
    subscribe: (jobId) => subscribe(waiters, seen, jobId),
    wake,
    close: async () => {
      clearInterval(timer);
      await listener.stop();
      await polling;
    },
  };
}

function subscribe(waiters: Map<string, Set<Waiter>>, seen: Map<string, number>, jobId: string): JobSubscription {
  const waiter: Waiter = { dirty: false, wake: undefined };
  const all = waiters.get(jobId) ?? new Set<Waiter>();
  waiters.set(jobId, all.add(waiter));
  return {
    next: async (timeoutMs, signal) => {
      if (!waiter.dirty && !signal.aborted) await waitForWake(waiter, timeoutMs, signal);
      const changed = waiter.dirty;
      waiter.dirty = false;
      return changed;
    },
    close: () => {
      all.delete(waiter);
      if (all.size > 0) return;
      waiters.delete(jobId);
      seen.delete(jobId);
    },
  };
}

async function waitForWake(waiter: Waiter, timeoutMs: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      waiter.wake = undefined;
      resolve();
    };
    const timer = setTimeout(done, timeoutMs);
    signal.addEventListener('abort', done, { once: true });
    waiter.wake = done;
  });
}

/** A job seen for the first time is woken too: it may have changed since its waiter last looked. */
async function pollSequences(
  database: Database,
  jobIds: readonly string[],
  seen: Map<string, number>,
  wake: (jobId: string) => void,
): Promise<void> {
  const found = await database.query<{ id: string; sequence: number }>(
    'select id, sequence from jobs where id = any($1)',
    [jobIds],
  );
  for (const { id, sequence } of found.rows) {
    if (seen.get(id) !== sequence) wake(id);
    seen.set(id, sequence);
  }
}

function jobIdOf(body: unknown): string | undefined {
  const event = body as { data?: { job?: { id?: unknown } } } | null;
  const id = event?.data?.job?.id;
  return typeof id === 'string' ? id : undefined;
}
