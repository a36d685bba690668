/** Why running work was stopped. The reason of the task's AbortSignal, so that one place can decide what follows. */
export type InterruptionCause = 'cancelled' | 'deadline' | 'shutdown' | 'lost';

export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly why: InterruptionCause;
  constructor(why: InterruptionCause) {
    super(`the task was interrupted: ${why}`);
    this.why = why;
  }
}

export interface Interrupter {
  readonly signal: AbortSignal;
  interrupt(why: InterruptionCause): void;
  /** Lets go of the timer and the listeners. */
  release(): void;
}

interface InterruptionSources {
  readonly timeoutMs: number;
  /** The worker is going down. */
  readonly shutdown: AbortSignal;
  /** The broker has given the message to somebody else. */
  readonly lost: AbortSignal;
}

/** One signal out of all that can stop a task; the first reason wins. */
export function createInterrupter(sources: InterruptionSources): Interrupter {
  const controller = new AbortController();
  const interrupt = (why: InterruptionCause) => controller.abort(new Interruption(why));
  const onShutdown = () => interrupt('shutdown');
  const onLost = () => interrupt('lost');
  const timer = setTimeout(() => interrupt('deadline'), sources.timeoutMs);
  sources.shutdown.addEventListener('abort', onShutdown, { once: true });
  sources.lost.addEventListener('abort', onLost, { once: true });
  if (sources.shutdown.aborted) onShutdown();
  if (sources.lost.aborted) onLost();
  return {
    signal: controller.signal,
    interrupt,
    release: () => {
      clearTimeout(timer);
      sources.shutdown.removeEventListener('abort', onShutdown);
      sources.lost.removeEventListener('abort', onLost);
    },
  };
}

export function interruptionOf(signal: AbortSignal): InterruptionCause | undefined {
  return signal.reason instanceof Interruption ? signal.reason.why : undefined;
}

/** How long a processor may take to clean up after its signal. */
const graceMs = 10_000;

/** Waits for `work`, but no longer than the grace once the signal has aborted: a processor that ignores it must not hold the slot. */
export async function abandonAfterGrace<T>(work: Promise<T>, signal: AbortSignal, grace = graceMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const abandoned = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(signal.reason), grace);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, abandoned]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
