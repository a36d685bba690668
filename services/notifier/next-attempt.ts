import type { Attempt } from './attempt.ts';

/** What becomes of a delivery after an attempt. */
export type Verdict =
  | { readonly status: 'succeeded' }
  | { readonly status: 'pending'; readonly delayMs: number }
  | { readonly status: 'exhausted' }
  | { readonly status: 'cancelled'; readonly reason: string };

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * The schedule Standard Webhooks 1.0 proposes. Each delay counts from the attempt before, ±20 % so that receivers which
 * failed together are not called together:
 *
 * | attempt | after | sum        | with jitter        |
 * | ------- | ----- | ---------- | ------------------ |
 * | 1       | 0     | 0          | at once            |
 * | 2       | 5 s   | 5 s        | 4 – 6 s            |
 * | 3       | 5 min | 5 min 5 s  | 4 – 6 min          |
 * | 4       | 30 min| 35 min     | 24 – 36 min        |
 * | 5       | 2 h   | 2 h 35 min | 1 h 36 – 2 h 24    |
 * | 6       | 5 h   | 7 h 35 min | 4 – 6 h            |
 * | 7       | 10 h  | 17 h 35 min| 8 – 12 h           |
 * | 8       | 14 h  | 31 h 35 min| 11 h 12 – 16 h 48  |
 * | 9       | 20 h  | 51 h 35 min| 16 – 24 h          |
 * | 10      | 24 h  | 75 h 35 min| 19 h 12 – 28 h 48  |
 */
const delaysMs = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour];
export const maxAttempts = delaysMs.length + 1;

const jitter = 0.2;
/** After 429 or a time-out the receiver has too much to do already. */
const breatherMs = minute;
const gone = 410;
const tooManyRequests = 429;

/**
 * The only place that decides on retries. Everything but 2xx and 410 is tried again: a name that does not resolve or a
 * refused address may be mended tomorrow.
 * @param options.delayFactor shortens all delays for tests; 1 in production
 * @param options.random 0 ≤ x < 1
 */
export function nextAttempt(
  number: number,
  attempt: Pick<Attempt, 'statusCode' | 'error' | 'retryAfterMs'>,
  options: { readonly delayFactor: number; readonly random: () => number },
): Verdict {
  if (attempt.error === null) return { status: 'succeeded' };
  if (attempt.statusCode === gone) return { status: 'cancelled', reason: 'The receiver answered 410 Gone.' };
  const base = delaysMs[number - 1];
  if (base === undefined) return { status: 'exhausted' };
  const spread = base * (1 - jitter + 2 * jitter * options.random());
  const overloaded = attempt.statusCode === tooManyRequests || attempt.error === 'timeout';
  const delay = (overloaded ? Math.max(spread, breatherMs) : spread) * options.delayFactor;
  return { status: 'pending', delayMs: Math.round(honour(attempt.retryAfterMs, delay)) };
}

/** A receiver may ask for later, up to twice the delay, never for sooner. */
function honour(retryAfterMs: number | null, delayMs: number): number {
  return Math.min(Math.max(retryAfterMs ?? delayMs, delayMs), 2 * delayMs);
}
