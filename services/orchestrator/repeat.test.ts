import { expect, it, vi } from 'vitest';
import { createLog } from '../../shared/log.ts';
import { repeat } from './repeat.ts';

const options = { name: 'test', everyMs: 60_000, log: createLog('test', 'silent') };

/** Work that counts its runs and lets a test wait for the nth. */
function countRuns(work: (run: number) => void = () => undefined) {
  const waiting = new Map<number, () => void>();
  let runs = 0;
  return {
    runs: () => runs,
    reached: (run: number) =>
      runs >= run ? Promise.resolve() : new Promise<void>((resolve) => waiting.set(run, resolve)),
    work: async () => {
      runs += 1;
      waiting.get(runs)?.();
      work(runs);
    },
  };
}

it('runs at once, and again when it is woken, however long the tick', async () => {
  const counted = countRuns();
  const loop = repeat(counted.work, options);
  await counted.reached(1);
  loop.wake();
  await counted.reached(2);
  await loop.stop();
  expect(counted.runs()).toBe(2);
});

it('does not miss a wake that comes during a run, and makes one run of many', async () => {
  const counted: ReturnType<typeof countRuns> = countRuns((run) => {
    if (run === 1) for (let wake = 0; wake < 5; wake++) loop.wake();
  });
  await Promise.resolve();
  const loop = repeat(async () => {
    await Promise.resolve();
    await counted.work();
  }, options);
  await counted.reached(2);
  await loop.stop();
  expect(counted.runs()).toBe(2);
});

it('says why it fails until it succeeds again', async () => {
  const counted = countRuns((run) => {
    if (run === 1) throw new Error('the ledger is away');
  });
  const loop = repeat(counted.work, { ...options, everyMs: 5 });
  await counted.reached(1);
  await Promise.resolve();
  expect(loop.health()).toEqual({ name: 'test', ok: false, reason: 'the ledger is away' });
  await counted.reached(3);
  expect(loop.health()).toEqual({ name: 'test', ok: true });
  await loop.stop();
});

it('makes up for a failed run soon, however long the tick', async () => {
  vi.useFakeTimers();
  try {
    const counted = countRuns((run) => {
      if (run === 1) throw new Error('the ledger is away');
    });
    const loop = repeat(counted.work, { ...options, everyMs: 3_600_000 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(counted.runs()).toBe(2);
    expect(loop.health()).toEqual({ name: 'test', ok: true });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(counted.runs()).toBe(2);
    await loop.stop();
  } finally {
    vi.useRealTimers();
  }
});

it('stops at once while it rests', async () => {
  const counted = countRuns();
  const loop = repeat(counted.work, { ...options, restMs: 60_000 });
  await counted.reached(1);
  await loop.stop();
  loop.wake();
  expect(counted.runs()).toBe(1);
});
