/** What a notifier sends at the moment. */
export interface Sending {
  size(): number;
  byLane(): ReadonlyMap<string, number>;
  /** `attempt` must not reject. */
  add(lane: string, attempt: Promise<void>): void;
  /** Resolves when an attempt ends (or did since the last call), the time is over or the signal aborts, whatever is first. */
  change(timeoutMs: number, signal: AbortSignal): Promise<void>;
  /** Resolves when nothing is being sent any more. */
  settled(): Promise<void>;
}

export function createSending(): Sending {
  const lanes = new Map<string, number>();
  const attempts = new Set<Promise<void>>();
  let changed = false;
  let wake: () => void = () => undefined;
  const leave = (lane: string, attempt: Promise<void>) => {
    const left = (lanes.get(lane) ?? 1) - 1;
    if (left === 0) lanes.delete(lane);
    else lanes.set(lane, left);
    attempts.delete(attempt);
    changed = true;
    wake();
  };
  return {
    size: () => attempts.size,
    byLane: () => lanes,
    add: (lane, attempt) => {
      lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
      attempts.add(attempt);
      void attempt.then(() => leave(lane, attempt));
    },
    change: (timeoutMs, signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          wake = () => undefined;
          changed = false;
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        wake = done;
        if (signal.aborted || changed) done();
        else signal.addEventListener('abort', done, { once: true });
      }),
    settled: async () => {
      await Promise.all(attempts);
    },
  };
}
