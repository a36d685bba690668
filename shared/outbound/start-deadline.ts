import { asOutboundError, OutboundError } from './outbound-error.ts';

/** Ends a call as a whole: headers, redirects and body. Idle timers alone never stop a body that drips. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** What to throw instead of `error`: the caller's own reason, the time-out, or else an OutboundError. */
  explain(error: unknown): unknown;
  /** Stops the timer and forgets the caller's signal. Idempotent. */
  clear(): void;
}

export function startDeadline(timeoutMs: number, caller: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const onCallerAbort = () => controller.abort(caller?.reason);
  const timer = setTimeout(
    () => controller.abort(new OutboundError('timeout', 'The server did not answer completely in time.')),
    timeoutMs,
  );
  if (caller?.aborted) onCallerAbort();
  caller?.addEventListener('abort', onCallerAbort, { once: true });
  return {
    signal: controller.signal,
    explain: (error) => (controller.signal.aborted ? controller.signal.reason : asOutboundError(error)),
    clear: () => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', onCallerAbort);
    },
  };
}
