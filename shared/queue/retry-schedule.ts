import type { RetryTier } from './topology.ts';

/**
 * The rung a task waits on after a transient failure; undefined when its tries are used up. With the default ladder:
 *
 *   failed try │ waits in         │ next try starts after the first failure
 *   0          │ farm.delay.10s   │ 10 s
 *   1          │ farm.delay.1m    │ 1 min 10 s
 *   2          │ farm.delay.5m    │ 6 min 10 s
 *   3          │ farm.delay.30m   │ 36 min 10 s
 *   4          │ —                │ failed for good
 */
export function nextRetry(retryTiers: readonly RetryTier[], failedTry: number): RetryTier | undefined {
  return retryTiers[failedTry];
}

/** How often a task may run at all: once, and once after each rung. */
export function maxTries(retryTiers: readonly RetryTier[]): number {
  return retryTiers.length + 1;
}
