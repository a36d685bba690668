import { describe, expect, it } from 'vitest';
import { now, output, play, random, report, step, submit, waitingStep } from '../../test/support/play-job.ts';
import { advanceJob } from './advance-job.ts';
import { addMs, findStep, type Happening, isOpen, type JobState } from './job-state.ts';
import { defaultLeasePolicy } from './lease-policy.ts';

describe('a job without accidents', () => {
  it('runs one step and ends, with each event once and in order', () => {
    const played = play(submit({ thumb: ['input'] }), [
      report('started', 'thumb'),
      report('progress', 'thumb', { fraction: 0.5 }),
      report('succeeded', 'thumb', { outputs: [output('thumb.webp')], manifestKey: 'm' }),
    ]);
    expect(played.events).toEqual([
      'job.started',
      'step.started:thumb',
      'step.progress:thumb',
      'step.succeeded:thumb',
      'job.succeeded',
    ]);
    expect(played.job).toMatchObject({ status: 'succeeded', startedAt: now, finishedAt: now, error: null });
    expect(step(played.job, 'thumb')).toMatchObject({ attempts: 1, progress: 1, manifestKey: 'm', leaseUntil: null });
  });

  it('announces acceptance and queues only what can start', () => {
    const before = submit({});
    const { job, events } = advanceJob(
      { ...before, finishedAt: null, steps: [waitingStep('a', ['input']), waitingStep('b', ['a'])] },
      { what: 'submitted' },
      now,
    );
    expect(events).toEqual([{ type: 'job.accepted' }]);
    expect(job.steps.map(({ status, dispatch }) => [status, dispatch])).toEqual([
      ['queued', 1],
      ['waiting', 0],
    ]);
  });

  it('makes a scheduled step due at runAt', () => {
    const runAt = addMs(now, 3_600_000);
    expect(step(submit({ a: ['input'] }, { runAt }), 'a').queuedAt).toEqual(runAt);
    expect(step(submit({ a: ['input'] }, { runAt: addMs(now, -1) }), 'a').queuedAt).toEqual(now);
  });

  it('releases a fan-in once, when the last of its steps has succeeded', () => {
    const start = submit({ sheet: ['a', 'b/b.webp'], a: ['input'], b: ['input'] });
    const half = play(start, [report('succeeded', 'b', { outputs: [output('b.webp')] })]);
    expect(half.statuses).toEqual({ sheet: 'waiting', a: 'queued', b: 'succeeded' });
    const whole = play(half.job, [report('succeeded', 'a'), report('succeeded', 'a'), report('succeeded', 'b')]);
    expect(whole.statuses).toMatchObject({ sheet: 'queued' });
    expect(step(whole.job, 'sheet').dispatch).toBe(1);
  });

  it('shows what a worker learned of a url input', () => {
    const url = { source: { url: 'https://x/y' }, name: 'y', bytes: null, mediaType: null, sha256: null };
    const learned = { input: { name: 'y', bytes: 7, mediaType: 'image/png' } };
    const start = submit({ a: ['input'] }, { inputs: { input: url } });
    const { job } = play(start, [report('succeeded', 'a', { inputs: learned })]);
    expect(job.inputs.input).toEqual({ ...url, bytes: 7, mediaType: 'image/png' });
  });
});

describe('failure', () => {
  it('skips everything behind a failed step, runs the rest, and ends failed with the first error', () => {
    const start = submit({ a: ['input'], b: ['a'], c: ['b/x'], d: ['input'] });
    const failed = play(start, [report('failed', 'a', { error: { code: 'input_invalid', message: 'no image' } })]);
    expect(failed.statuses).toEqual({ a: 'failed', b: 'skipped', c: 'skipped', d: 'queued' });
    expect(failed.job.status).toBe('running');
    const ended = play(failed.job, [report('succeeded', 'd')]);
    expect(ended.events.slice(-1)).toEqual(['job.failed']);
    expect(ended.job.error).toEqual({ code: 'input_invalid', message: 'no image', step: 'a' });
  });

  it('fails a step that names an output which was not made, and says which were', () => {
    const start = submit({ movie: ['input'], sheet: ['movie/poster.jpg'] });
    const { job } = play(start, [report('succeeded', 'movie', { outputs: [output('movie.mp4')] })]);
    expect(job.status).toBe('failed');
    expect(job.error).toMatchObject({ code: 'input_unavailable', step: 'sheet' });
    expect(job.error?.message).toContain('movie.mp4');
  });

  it('shows a retrying step as queued, with its attempts and its last error', () => {
    const error = { code: 'store_unavailable', message: 'later' };
    const { job, events } = play(submit({ a: ['input'] }), [
      report('started', 'a'),
      report('retrying', 'a', { error }),
      report('started', 'a', { try: 1, run: 'run_2' }),
    ]);
    expect(step(job, 'a')).toMatchObject({ status: 'running', attempts: 2, error });
    expect(events.filter((event) => event === 'step.started:a')).toHaveLength(2);
    expect(events.filter((event) => event === 'job.started')).toHaveLength(1);
  });
});

describe('the fence', () => {
  const running = () => play(submit({ a: ['input'] }), [report('started', 'a', { run: 'run_2' })]).job;
  const ignored = (job: JobState, happening: Happening) => {
    const advance = advanceJob(job, happening, now);
    expect(advance.events).toEqual([]);
    return advance.job === job;
  };

  it('counts a redelivery (same dispatch, new run) as an attempt', () => {
    expect(step(play(running(), [report('started', 'a', { run: 'run_3' })]).job, 'a').attempts).toBe(2);
  });

  it.each(['started', 'progress', 'succeeded', 'failed', 'retrying', 'cancelled'] as const)(
    'ignores %s of another dispatch',
    (what) => {
      expect(ignored(running(), report(what, 'a', { dispatch: 2, run: 'run_9' }))).toBe(true);
      expect(ignored(running(), report(what, 'a', { dispatch: 0, run: 'run_9' }))).toBe(true);
    },
  );

  it.each(['started', 'progress', 'succeeded', 'failed', 'retrying', 'cancelled'] as const)(
    'ignores %s once the step has ended',
    (what) => {
      const ended = play(running(), [report('succeeded', 'a', { run: 'run_2' })]).job;
      expect(ignored(ended, report(what, 'a', { run: 'run_9', try: 3 }))).toBe(true);
    },
  );

  it('ignores started and retrying that come twice or late', () => {
    expect(ignored(running(), report('started', 'a', { run: 'run_2' }))).toBe(true);
    expect(ignored(running(), report('started', 'a', { run: 'run_1' }))).toBe(true);
    expect(ignored(running(), report('retrying', 'a', { run: 'run_1' }))).toBe(true);
    const waiting = play(running(), [report('retrying', 'a', { run: 'run_2' })]).job;
    expect(ignored(waiting, report('retrying', 'a', { run: 'run_2' }))).toBe(true);
    expect(ignored(waiting, report('started', 'a', { run: 'run_2' }))).toBe(true);
  });

  it('lets an older twin succeed but not fail a step', () => {
    expect(ignored(running(), report('failed', 'a', { run: 'run_1' }))).toBe(true);
    expect(play(running(), [report('succeeded', 'a', { run: 'run_1' })]).job.status).toBe('succeeded');
  });

  it('takes progress only while running, and never backwards', () => {
    expect(ignored(submit({ a: ['input'] }), report('progress', 'a', { fraction: 0.5 }))).toBe(true);
    const played = play(running(), [
      report('progress', 'a', { run: 'run_2', fraction: 0.5 }),
      report('progress', 'a', { run: 'run_2', fraction: 0.2 }),
    ]);
    expect(played.events).toEqual(['step.progress:a']);
    expect(step(played.job, 'a').progress).toBe(0.5);
  });

  it('ignores reports of steps it does not know and of steps that still wait', () => {
    expect(ignored(running(), report('succeeded', 'zzz'))).toBe(true);
    expect(ignored(submit({ a: ['input'], b: ['a'] }), report('started', 'b', { dispatch: 0 }))).toBe(true);
  });
});

describe('cancel and retry', () => {
  it('ends at once, with one event, and ignores what running work says later', () => {
    const start = submit({ a: ['input'], b: ['a'], c: ['input'] });
    const played = play(start, [
      report('succeeded', 'a'),
      report('started', 'c'),
      { what: 'cancelled' },
      { what: 'cancelled' },
      report('succeeded', 'c'),
      report('cancelled', 'b'),
    ]);
    expect(played.statuses).toEqual({ a: 'succeeded', b: 'cancelled', c: 'cancelled' });
    expect(played.job.status).toBe('cancelled');
    expect(played.events.filter((event) => event.startsWith('job.'))).toEqual(['job.started', 'job.cancelled']);
  });

  it('is cancelled even when a step had failed before', () => {
    const start = submit({ a: ['input'], b: ['input'] });
    const { job } = play(start, [report('failed', 'a'), { what: 'cancelled' }]);
    expect(job).toMatchObject({ status: 'cancelled', error: null });
  });

  it('opens again what did not succeed, with a new dispatch, and ends once more', () => {
    const start = submit({ a: ['input'], b: ['input'], c: ['b'] });
    const failed = play(start, [report('succeeded', 'a', { outputs: [output('a')] }), report('failed', 'b')]).job;
    const retried = play(failed, [{ what: 'retried' }]);
    expect(retried.statuses).toEqual({ a: 'succeeded', b: 'queued', c: 'waiting' });
    expect(retried.job).toMatchObject({ status: 'queued', error: null, finishedAt: null });
    expect(retried.events).toEqual(['job.accepted']);
    expect(step(retried.job, 'a').outputs).toHaveLength(1);
    const ended = play(retried.job, [
      report('succeeded', 'b', { dispatch: 1, run: 'run_9' }),
      report('succeeded', 'b', { dispatch: 2 }),
      report('succeeded', 'c', { dispatch: 1 }),
    ]);
    expect(ended.events.filter((event) => event === 'job.succeeded')).toHaveLength(1);
    expect(ended.job.status).toBe('succeeded');
  });

  it('retries neither an open nor a succeeded job', () => {
    const open = submit({ a: ['input'] });
    const done = play(open, [report('succeeded', 'a')]).job;
    for (const job of [open, done]) expect(advanceJob(job, { what: 'retried' }, now).job).toBe(job);
  });
});

describe('silence and loss', () => {
  const silent = (dispatch: number): Happening => ({ what: 'silent', step: 'a', dispatch });
  const later = addMs(now, 3_600_000);

  it('sends a silent step out anew and voids the old dispatch', () => {
    const running = play(submit({ a: ['input'] }), [report('started', 'a')]).job;
    const { job } = play(running, [silent(1), silent(1)], later);
    expect(step(job, 'a')).toMatchObject({ status: 'queued', dispatch: 2, lost: 1, dispatchedAt: null, queuedAt: now });
    expect(advanceJob(job, report('succeeded', 'a', { dispatch: 1 }), later).job).toBe(job);
  });

  it('leaves a step whose lease was renewed in the meantime', () => {
    const running = play(submit({ a: ['input'] }), [report('started', 'a')]).job;
    expect(advanceJob(running, silent(1), now).job).toBe(running);
  });

  it(`fails a step with worker_lost after ${defaultLeasePolicy.maxLost} silent dispatches`, () => {
    let job = submit({ a: ['input'] });
    let at = now;
    for (let dispatch = 1; dispatch <= defaultLeasePolicy.maxLost; dispatch++) {
      expect(job.status).not.toBe('failed');
      job = play(job, [report('started', 'a', { dispatch })], at).job;
      at = addMs(at, defaultLeasePolicy.runningMs + 1);
      job = play(job, [silent(dispatch)], at).job;
    }
    expect(job.error).toMatchObject({ code: 'worker_lost', step: 'a' });
  });

  it('fails a step whose task died in the broker, if it is the current one', () => {
    const start = submit({ a: ['input'] });
    expect(advanceJob(start, { what: 'dead', step: 'a', dispatch: 9 }, now).job).toBe(start);
    expect(play(start, [{ what: 'dead', step: 'a', dispatch: 1 }]).job.error?.code).toBe('worker_lost');
  });

  it('requeues what the broker was given when it forgets everything, and nothing else', () => {
    const start = submit({ a: ['input'], b: ['input'], c: ['input'] });
    const half = play(start, [report('started', 'a'), report('succeeded', 'b')]).job;
    const { job } = play(half, [{ what: 'forgotten' }]);
    expect(job.steps.map(({ status, dispatch, lost }) => [status, dispatch, lost])).toEqual([
      ['queued', 2, 0],
      ['succeeded', 1, 0],
      ['queued', 1, 0],
    ]);
  });
});

describe('any order, any duplication', () => {
  it.each(Array.from({ length: 200 }, (_, seed) => seed))('ends once and right (seed %i)', (seed) => {
    const next = random(seed + 1);
    const names = Array.from({ length: 2 + Math.floor(next() * 6) }, (_, index) => `s${index}`);
    const uses = Object.fromEntries(
      names.map((name, index) => {
        const earlier = names.slice(0, index).filter(() => next() < 0.4);
        return [name, earlier.length > 0 ? earlier : ['input']];
      }),
    );
    const failing = new Set(names.filter(() => next() < 0.15));
    let job = submit(uses);
    const events: string[] = [];
    for (let round = 0; job.finishedAt === null && round < 20; round++) {
      const batch = job.steps.filter(isOpen).flatMap((open): Happening[] => {
        if (open.status === 'waiting') return [];
        const end = report(failing.has(open.name) ? 'failed' : 'succeeded', open.name, { try: 1, run: 'run_2' });
        return [
          report('started', open.name),
          report('progress', open.name, { fraction: next() }),
          report('retrying', open.name),
          report('started', open.name, { try: 1, run: 'run_2' }),
          end,
        ];
      });
      const shuffled = [...batch, ...batch].map((happening) => ({ happening, key: next() }));
      shuffled.sort((a, b) => a.key - b.key);
      const played = play(
        job,
        shuffled.map(({ happening }) => happening),
      );
      job = played.job;
      events.push(...played.events);
    }
    const ran = job.steps.filter((one) => one.status !== 'skipped').map((one) => one.name);
    const verdict = ran.some((name) => failing.has(name)) ? 'failed' : 'succeeded';
    expect(events.filter((event) => /^job\.(succeeded|failed|cancelled)$/.test(event))).toEqual([`job.${verdict}`]);
    for (const one of job.steps) {
      const blocked = one.uses.some((used) => ['failed', 'skipped'].includes(findStep(job, used)?.status ?? ''));
      const expected = blocked ? 'skipped' : failing.has(one.name) ? 'failed' : 'succeeded';
      expect([one.name, one.status]).toEqual([one.name, expected]);
      const ends = events.filter(
        (event) => event === `step.succeeded:${one.name}` || event === `step.failed:${one.name}`,
      );
      expect(ends).toHaveLength(blocked ? 0 : 1);
    }
  });
});
