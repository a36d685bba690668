import { defaultRetryDelaysMs } from '../queue/topology.ts';

/**
 * How long a step may be silent before it is sent out anew.
 *
 *   dispatched  10 min, extended while its queue holds messages as young (services/orchestrator/expire-leases.ts)
 *   running     60 s, renewed by each progress report; workers beat every second
 *   retrying    the delay of its rung of the ladder, then as dispatched
 *
 * worked: a worker killed at 0 s whose message does not come back by itself → 60 s → dispatch 2 … the fifth silent
 * dispatch ends after 5 min of running silence (or 50 min of queued silence): failed with `worker_lost`.
 */
export interface LeasePolicy {
  readonly dispatchedMs: number;
  readonly runningMs: number;
  readonly retryDelaysMs: readonly number[];
  /** Silent dispatches in a row before the step fails for good. */
  readonly maxLost: number;
}

export const defaultLeasePolicy: LeasePolicy = {
  dispatchedMs: 600_000,
  runningMs: 60_000,
  retryDelaysMs: defaultRetryDelaysMs,
  maxLost: 5,
};

/** From the report that try `number` failed until the next try must have begun. */
export function retryLeaseMs(policy: LeasePolicy, number: number): number {
  return (policy.retryDelaysMs[number] ?? policy.retryDelaysMs.at(-1) ?? 0) + policy.dispatchedMs;
}
