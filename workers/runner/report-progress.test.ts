import { afterEach, expect, it, vi } from 'vitest';
import type { Run } from './report.ts';
import { startProgress } from './report-progress.ts';

afterEach(() => {
  vi.useRealTimers();
});

const run = {
  task: { job: 'job_1', tenant: 'acme', step: 'web', kind: 'resize', dispatch: 1, traceparent: '' },
  ...{ try: 0, run: 'run_1', worker: 'w' },
} as unknown as Run;

function watched() {
  vi.useFakeTimers();
  const told: number[] = [];
  const publish = async ({ body }: { body: { fraction: number } }) => void told.push(body.fraction);
  return { told, progress: startProgress({ publish } as never, run) };
}

it('tells the first fraction at once, then the newest twice a second, and never goes back', async () => {
  const { told, progress } = watched();
  progress.update(0.1);
  progress.update(0.3);
  progress.update(0.2);
  await vi.advanceTimersByTimeAsync(500);
  progress.stop();
  expect(told).toEqual([0.1, 0.3]);
});

it('tells once a second while nothing changes, from the first second on', async () => {
  const { told, progress } = watched();
  await vi.advanceTimersByTimeAsync(3000);
  progress.stop();
  expect(told).toEqual([0, 0, 0]);
});
