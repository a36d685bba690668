import { describe, expect, it } from 'vitest';
import { maxAttempts, nextAttempt } from './next-attempt.ts';

const middle = { delayFactor: 1, random: () => 0.5 };
const refused = { statusCode: null, error: 'refused', retryAfterMs: null } as const;
const answered = (statusCode: number, retryAfterMs: number | null = null) =>
  ({ statusCode, error: 'bad_status', retryAfterMs }) as const;

describe('nextAttempt', () => {
  it('follows the schedule of Standard Webhooks and then gives up', () => {
    const delays = Array.from({ length: maxAttempts }, (_, index) => nextAttempt(index + 1, refused, middle));
    expect(delays.map((verdict) => ('delayMs' in verdict ? verdict.delayMs / 1000 : verdict.status))).toEqual([
      5,
      300,
      1800,
      7200,
      18_000,
      36_000,
      50_400,
      72_000,
      86_400,
      'exhausted',
    ]);
  });

  it('spreads each delay by a fifth to both sides', () => {
    const at = (random: number) => nextAttempt(2, refused, { delayFactor: 1, random: () => random });
    expect([at(0), at(1)]).toEqual([
      { status: 'pending', delayMs: 240_000 },
      { status: 'pending', delayMs: 360_000 },
    ]);
  });

  it('takes 2xx for success and tries again after everything else but 410', () => {
    const ok = { statusCode: 204, error: null, retryAfterMs: null };
    expect(nextAttempt(1, ok, middle)).toEqual({ status: 'succeeded' });
    expect(nextAttempt(1, { ...answered(302), error: 'redirect' }, middle).status).toBe('pending');
    for (const status of [400, 401, 404, 500, 503]) {
      expect(nextAttempt(1, answered(status), middle)).toEqual({ status: 'pending', delayMs: 5000 });
    }
    expect(nextAttempt(1, answered(410), middle)).toMatchObject({ status: 'cancelled' });
  });

  it('waits at least a minute after 429 and after a time-out', () => {
    expect(nextAttempt(1, answered(429), middle)).toEqual({ status: 'pending', delayMs: 60_000 });
    expect(nextAttempt(1, { ...refused, error: 'timeout' }, middle)).toEqual({ status: 'pending', delayMs: 60_000 });
    expect(nextAttempt(2, answered(429), middle)).toEqual({ status: 'pending', delayMs: 300_000 });
  });

  it('heeds Retry-After between the delay and twice the delay', () => {
    const asked = (seconds: number) => nextAttempt(2, answered(503, seconds * 1000), middle);
    expect([asked(1), asked(400), asked(86_400)].map((verdict) => 'delayMs' in verdict && verdict.delayMs)).toEqual([
      300_000, 400_000, 600_000,
    ]);
  });

  it('shortens every delay by the factor of a test', () => {
    const fast = { delayFactor: 0.001, random: () => 0.5 };
    expect(nextAttempt(1, refused, fast)).toEqual({ status: 'pending', delayMs: 5 });
    expect(nextAttempt(1, answered(429), fast)).toEqual({ status: 'pending', delayMs: 60 });
  });
});
