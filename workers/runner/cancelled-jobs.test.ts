import { expect, it } from 'vitest';
import type { Bus } from '../../shared/queue/bus.ts';
import { type CancellableTask, listenForCancels } from './cancelled-jobs.ts';

/** A bus on which nothing is heard but what the test says. */
function listen() {
  let hear: (body: unknown) => void = () => undefined;
  const bus: Pick<Bus, 'listen'> = {
    listen: (_exchange, _key, onMessage) => {
      hear = (body) => onMessage(body, 'cancel');
      return { live: true, stop: async () => undefined };
    },
  };
  const cancels = listenForCancels(bus);
  return { cancels, cancel: (runs: object) => hear({ schema: 1, what: 'cancel', ...runs }) };
}

const task = (change: Partial<CancellableTask> = {}): CancellableTask => ({
  job: 'j',
  step: 's',
  dispatch: 1,
  ...change,
});

it('stops the named dispatch and older ones, and lets a retried job run', () => {
  const { cancels, cancel } = listen();
  const stopped: number[] = [];
  for (const dispatch of [1, 2, 3]) cancels.onCancel(task({ dispatch }), () => stopped.push(dispatch));
  cancel({ job: 'j', step: 's', dispatch: 2 });
  expect(stopped).toEqual([1, 2]);
  expect([1, 2, 3].map((dispatch) => cancels.has(task({ dispatch })))).toEqual([true, true, false]);
});

it('leaves other steps and other jobs alone', () => {
  const { cancels, cancel } = listen();
  cancel({ job: 'j', step: 's', dispatch: 2 });
  expect([cancels.has(task({ step: 'other' })), cancels.has(task({ job: 'other' }))]).toEqual([false, false]);
});

it('takes a cancel without step and dispatch for the whole job', () => {
  const { cancels, cancel } = listen();
  cancel({ job: 'j' });
  expect(cancels.has(task({ step: 'any', dispatch: 9 }))).toBe(true);
});

it('ignores what is no cancel, and whoever stopped listening', () => {
  const { cancels, cancel } = listen();
  const stop = cancels.onCancel(task(), () => {
    throw new Error('still listening');
  });
  stop();
  cancel({ job: 7 });
  cancel({ job: 'j' });
  expect(cancels.has(task())).toBe(true);
});
