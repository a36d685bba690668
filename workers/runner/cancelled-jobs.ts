import { controlMessage } from '../../shared/messages/report.ts';
import type { Bus, Consumer } from '../../shared/queue/bus.ts';
import { exchanges } from '../../shared/queue/topology.ts';

/** How many cancelled jobs a worker remembers; one it forgot runs to its end and the ledger ignores the result. */
const remembered = 10_000;

export interface CancelledJobs {
  has(job: string): boolean;
  /** Calls back when the job is cancelled; returns how to stop listening. */
  onCancel(job: string, callback: () => void): () => void;
  readonly consumer: Consumer;
}

/** Hears the cancels broadcast on `farm.control`. */
export function listenForCancels(bus: Pick<Bus, 'listen'>): CancelledJobs {
  const cancelled = new Set<string>();
  const callbacks = new Map<string, Set<() => void>>();
  const consumer = bus.listen(exchanges.control, '#', (body) => {
    const message = controlMessage.safeParse(body);
    if (!message.success) return;
    remember(cancelled, message.data.job);
    for (const callback of callbacks.get(message.data.job) ?? []) callback();
  });
  return {
    consumer,
    has: (job) => cancelled.has(job),
    onCancel: (job, callback) => {
      const listeners = callbacks.get(job) ?? new Set();
      callbacks.set(job, listeners.add(callback));
      return () => {
        listeners.delete(callback);
        if (listeners.size === 0) callbacks.delete(job);
      };
    },
  };
}

function remember(cancelled: Set<string>, job: string): void {
  cancelled.add(job);
  const oldest = cancelled.values().next().value;
  if (cancelled.size > remembered && oldest !== undefined) cancelled.delete(oldest);
}
