import { describe, expect, it } from 'vitest';
import { AppError, InputError } from '../../shared/errors.ts';
import { decideOutcome } from './outcome.ts';

const base = { step: 'thumb', interruption: undefined, tryNumber: 0, maxTries: 5 } as const;
const transient = new AppError('store_unavailable', 'The store is away.', { retryable: true });

describe('decideOutcome', () => {
  it('is done when nothing was thrown', () => {
    expect(decideOutcome(base)).toEqual({ kind: 'done' });
  });

  it('never retries a fault of the input and keeps no dead letter of it', () => {
    expect(decideOutcome({ ...base, error: new InputError('The file is empty.') })).toEqual({
      kind: 'failed',
      error: { code: 'input_invalid', message: 'The file is empty.', step: 'thumb' },
      deadLetter: false,
    });
  });

  it('retries a transient failure until the last try, then keeps a dead letter', () => {
    expect(decideOutcome({ ...base, tryNumber: 3, error: transient }).kind).toBe('retry');
    expect(decideOutcome({ ...base, tryNumber: 4, error: transient })).toMatchObject({
      kind: 'failed',
      deadLetter: true,
    });
  });

  it('counts an unknown error as transient without showing its text', () => {
    const outcome = decideOutcome({ ...base, error: new TypeError('secret /path') });
    expect(outcome.kind).toBe('retry');
    expect(JSON.stringify(outcome)).not.toContain('/path');
  });

  it('releases on shutdown and when the broker cannot be told', () => {
    expect(decideOutcome({ ...base, interruption: 'shutdown', error: new Error('killed') }).kind).toBe('release');
    const away = new AppError('broker_unavailable', 'away', { retryable: true });
    expect(decideOutcome({ ...base, error: away }).kind).toBe('release');
  });

  it('does nothing with a message the broker took back, and obeys a cancel', () => {
    expect(decideOutcome({ ...base, interruption: 'lost', error: new Error('x') }).kind).toBe('lost');
    expect(decideOutcome({ ...base, interruption: 'cancelled', error: new Error('x') }).kind).toBe('cancelled');
  });

  it('fails on a deadline and on a full disk, however deep the cause lies', () => {
    expect(decideOutcome({ ...base, interruption: 'deadline', error: new Error('x') })).toMatchObject({
      kind: 'failed',
      error: { code: 'deadline_exceeded' },
    });
    const full = new Error('write failed', { cause: Object.assign(new Error('no space'), { code: 'ENOSPC' }) });
    expect(decideOutcome({ ...base, error: full })).toMatchObject({ kind: 'failed', error: { code: 'scratch_full' } });
  });
});
