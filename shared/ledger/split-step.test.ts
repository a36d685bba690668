import { describe, expect, it } from 'vitest';
import { now, output, play, report, step, submit } from '../../test/support/play-job.ts';
import { advanceJob } from './advance-job.ts';
import { addMs, findStep, type Happening, type JobState } from './job-state.ts';
import { viewJob } from './job-view.ts';
import { defaultLeasePolicy } from './lease-policy.ts';

const parts = (weights: Record<string, number>) =>
  Object.entries(weights).map(([name, weight]) => ({ name, params: {}, weight }));

function split(name: string, weights: Record<string, number>, joinWeight = 1, dispatch = 1): Happening {
  const plan = { parts: parts(weights), joinWeight, facts: { rungs: 2 } };
  return report('split', name, { dispatch, split: { plan, inputs: [], slots: 2 } });
}

/** A step `web` cut into parts `a` (weight 6) and `b` (3), the join weighing 1. */
function cut(): JobState {
  return play(submit({ web: ['input'] }), [report('started', 'web'), split('web', { a: 6, b: 3 })]).job;
}

const made = (name: string) => [
  report('started', `web.1.${name}`),
  report('succeeded', `web.1.${name}`, { outputs: [output(`${name}.mp4`)] }),
];

describe('a step that is split', () => {
  it('queues its parts, and is running to those who look on', () => {
    const job = cut();
    expect(job.steps.map(({ name, status, phase }) => [name, status, phase])).toEqual([
      ['web', 'running', 'parts'],
      ['web.1.a', 'queued', 'part'],
      ['web.1.b', 'queued', 'part'],
    ]);
    const view = viewJob(job);
    expect(Object.keys(view.steps)).toEqual(['web']);
    expect(view.steps.web).toMatchObject({ status: 'running', attempts: 1, parts: { total: 2, succeeded: 0 } });
  });

  it('is joined when the last part is made, as the same attempt, and ends like any step', () => {
    const joined = play(cut(), [...made('b'), ...made('a')]);
    expect(step(joined.job, 'web')).toMatchObject({ status: 'queued', phase: 'join', dispatch: 3 });
    expect(viewJob(joined.job).steps.web?.status).toBe('running');
    const ended = play(joined.job, [
      report('started', 'web', { dispatch: 3 }),
      report('succeeded', 'web', { dispatch: 3, outputs: [output('web.mp4')] }),
    ]);
    expect(ended.job.status).toBe('succeeded');
    expect(ended.events).toEqual(['step.succeeded:web', 'job.succeeded']);
    const { attempts, parts: counted, outputs } = viewJob(ended.job).steps.web ?? {};
    expect([attempts, counted]).toEqual([1, { total: 2, running: 0, succeeded: 2, attempts: 2 }]);
    expect(outputs?.map(({ name }) => name)).toEqual(['web.mp4']);
  });

  it('has the progress of its parts by their weights, then of the join, and it never falls', () => {
    const seen: number[] = [];
    let job = cut();
    const happenings = [
      report('started', 'web.1.a'),
      report('progress', 'web.1.a', { fraction: 0.5 }),
      ...made('b'),
      report('retrying', 'web.1.a'),
      report('started', 'web.1.a', { try: 1, run: 'run_2' }),
      report('succeeded', 'web.1.a', { try: 1, run: 'run_2' }),
      report('started', 'web', { dispatch: 3 }),
      report('progress', 'web', { dispatch: 3, fraction: 0.5 }),
    ];
    for (const happening of happenings) {
      job = play(job, [happening]).job;
      seen.push(viewJob(job).progress);
    }
    expect(seen).toEqual([0, 0.3, 0.3, 0.6, 0.6, 0.6, 0.9, 0.9, 0.95]);
  });

  it('counts what the split itself took, and goes on from what it told', () => {
    const seen: number[] = [];
    let job = play(submit({ web: ['input'] }), [report('started', 'web')]).job;
    const plan = { parts: parts({ a: 6, b: 3 }), joinWeight: 1, splitWeight: 10, facts: {} };
    const happenings = [
      report('progress', 'web', { fraction: 0.4 }),
      report('split', 'web', { split: { plan, inputs: [], slots: 2 } }),
      ...made('a'),
      ...made('b'),
    ];
    for (const happening of happenings) {
      job = play(job, [happening]).job;
      seen.push(viewJob(job).progress);
    }
    expect(seen).toEqual([0.4, 0.5, 0.5, 0.8, 0.8, 0.95]);
  });

  it('keeps only so many parts with the broker; each that ends lets the next go', () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`p${index}`, 1]));
    const job = play(submit({ web: ['input'] }), [report('started', 'web'), split('web', many)]).job;
    const statuses = (state: JobState) => state.steps.filter((one) => one.parent).map((one) => one.status);
    expect(statuses(job).filter((status) => status === 'queued')).toHaveLength(4);
    const next = play(job, [report('succeeded', 'web.1.p0')]).job;
    expect(statuses(next).filter((status) => status === 'queued')).toHaveLength(4);
    expect(step(next, 'web.1.p4').status).toBe('queued');
  });

  it('is not moved by a twin of the run that split it', () => {
    const job = cut();
    for (const what of ['succeeded', 'failed', 'progress', 'split'] as const) {
      const late = what === 'split' ? split('web', { x: 1, y: 1 }) : report(what, 'web', { outputs: [output('late')] });
      expect(play(job, [late]).job).toBe(job);
    }
  });

  it('fails with the error of a part, and stops the others', () => {
    const error = { code: 'input_invalid', message: 'It is broken.', step: 'web.1.a' };
    const failed = play(cut(), [report('started', 'web.1.b'), report('failed', 'web.1.a', { error })]);
    expect(failed.job).toMatchObject({ status: 'failed', error: { code: 'input_invalid', step: 'web' } });
    expect(failed.statuses).toEqual({ web: 'failed', 'web.1.a': 'failed', 'web.1.b': 'cancelled' });
    expect(failed.events).toEqual(['step.progress:web', 'step.failed:web', 'job.failed']);
  });

  it.each(['a part', 'the join'])('runs whole, once, when %s finds that the pieces do not fit', (who) => {
    const mismatch = { error: { code: 'split_mismatch', message: 'a frame is missing' } };
    const whole =
      who === 'a part'
        ? play(cut(), [report('failed', 'web.1.a', mismatch)]).job
        : play(cut(), [...made('a'), ...made('b'), report('failed', 'web', { dispatch: 3, ...mismatch })]).job;
    const { phase, status, dispatch } = step(whole, 'web');
    expect([phase, status]).toEqual(['whole', 'queued']);
    expect(play(whole, [split('web', { a: 1, b: 1 }, 1, dispatch)]).job).toBe(whole);
    const { job } = play(whole, [report('succeeded', 'web', { dispatch, outputs: [output('web.mp4')] })]);
    expect(job.status).toBe('succeeded');
  });

  it('loses one part to a dead worker, not the others', () => {
    const job = play(cut(), [...made('a'), report('started', 'web.1.b')]).job;
    const later = addMs(now, defaultLeasePolicy.runningMs + 1);
    const lost = play(job, [{ what: 'silent', step: 'web.1.b', dispatch: 1 }], later).job;
    expect(step(lost, 'web.1.b')).toMatchObject({ status: 'queued', dispatch: 2 });
    expect(step(lost, 'web.1.a').status).toBe('succeeded');
    expect(step(lost, 'web')).toMatchObject({ status: 'running', phase: 'parts' });
  });

  it('is cancelled with all its parts, and a retry cuts anew under other names', () => {
    const cancelled = play(cut(), [...made('a'), { what: 'cancelled' }]);
    expect(cancelled.statuses).toEqual({ web: 'cancelled', 'web.1.a': 'succeeded', 'web.1.b': 'cancelled' });
    const again = play(cancelled.job, [{ what: 'retried' }]).job;
    expect(again.steps.map(({ name }) => name)).toEqual(['web']);
    const { dispatch } = step(again, 'web');
    const recut = play(again, [report('started', 'web', { dispatch }), split('web', { a: 1, b: 1 }, 1, dispatch)]).job;
    expect(findStep(recut, `web.${dispatch}.a`)?.status).toBe('queued');
    expect(findStep(recut, 'web.1.a')).toBeUndefined();
  });

  it('tells how many parts it had also after a retry of another step took them away', () => {
    const start = play(submit({ web: ['input'], sheet: ['web'] }), [
      report('started', 'web'),
      split('web', { a: 6, b: 3 }),
    ]);
    const joined = [report('succeeded', 'web', { dispatch: 3 }), report('failed', 'sheet')];
    const again = play(start.job, [...made('a'), ...made('b'), ...joined, { what: 'retried' }]).job;
    expect(again.steps.map(({ name }) => name)).toEqual(['web', 'sheet']);
    expect(viewJob(again).steps.web?.parts).toEqual({ total: 2, running: 0, succeeded: 2, attempts: 2 });
  });

  it('has more or fewer parts at work when its workers get more or fewer slots', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`p${index}`, 1]));
    const job = play(submit({ web: ['input'] }), [report('started', 'web'), split('web', many)]).job;
    const queued = (state: JobState) => state.steps.filter((one) => one.parent && one.status === 'queued').length;
    const scaled = (slots: number): Happening => ({ what: 'scaled', step: 'web', slots });
    const more = play(job, [scaled(8)]);
    expect([queued(job), queued(more.job), more.events]).toEqual([4, 16, []]);
    const fewer = play(more.job, [scaled(3), report('succeeded', 'web.1.p0')]).job;
    expect(queued(fewer)).toBe(15);
    expect(advanceJob(fewer, scaled(3), now).job).toBe(fewer);
  });

  it('hands its parts out anew when the broker lost its disk', () => {
    const dispatched = cut().steps.map((one) => (one.parent ? { ...one, dispatchedAt: now } : one));
    const { job } = play({ ...cut(), steps: dispatched }, [{ what: 'forgotten' }]);
    expect(job.steps.map(({ status, dispatch }) => [status, dispatch])).toEqual([
      ['running', 2],
      ['queued', 2],
      ['queued', 2],
    ]);
  });
});

describe('a rendition', () => {
  it('is announced, and its outputs are public while the step runs', () => {
    const outputs = [output('360p/playlist.m3u8')];
    const played = play(submit({ web: ['input'] }), [
      report('started', 'web'),
      report('rendition', 'web', { rendition: '360p', outputs }),
    ]);
    expect(played.events.at(-1)).toBe('rendition.ready:web');
    expect(viewJob(played.job).steps.web?.outputs.map(({ name }) => name)).toEqual(['360p/playlist.m3u8']);
    expect(step(played.job, 'web').status).toBe('running');
  });
});
