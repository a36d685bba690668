import { describe, expect, it } from 'vitest';
import { now, output, play, random, report, submit } from '../../test/support/play-job.ts';
import { advanceJob } from './advance-job.ts';
import { addMs, type Happening, isOpen, type JobState, type PartTally, type StepState } from './job-state.ts';
import { defaultLeasePolicy } from './lease-policy.ts';
import { partsConcerned } from './parts-at-hand.ts';

const later = addMs(now, defaultLeasePolicy.runningMs + 1);

/** A job that has one step cut into `count` parts and another that uses it. */
function cut(count: number, next: () => number): JobState {
  const parts = Array.from({ length: count }, (_, index) => ({ name: `p${index}`, params: {}, weight: 1 + next() }));
  const plan = { parts, joinWeight: 1, facts: {} };
  const split = report('split', 'web', { split: { plan, inputs: [], slots: 3 } });
  return play(submit({ web: ['input'], sheet: ['web'] }), [report('started', 'web'), split]).job;
}

/** What `lockJob` reads of the ledger, in the order it does. */
function atHand(job: JobState, happening: Happening): readonly StepState[] {
  const wanted = partsConcerned(happening);
  if (wanted === 'all') return job.steps;
  const waiting = job.steps.filter((step) => step.parent === wanted.next?.step && step.status === 'waiting');
  const next = waiting.toSorted((a, b) => indexOf(a) - indexOf(b)).slice(0, wanted.next?.count);
  return job.steps.filter((step) => step.parent === null || wanted.named.includes(step.name) || next.includes(step));
}

const indexOf = (part: StepState) => part.part?.index ?? 0;

/** What `saveAdvance` makes of the ledger when only `loaded` was at hand. */
function save(whole: JobState, loaded: readonly StepState[], next: JobState): JobState {
  const untouched = whole.steps.filter((step) => !loaded.includes(step));
  return { ...next, steps: [...next.steps, ...untouched] };
}

const byName = (job: JobState) => Object.fromEntries(job.steps.map((step) => [step.name, step]));

function pick(job: JobState, next: () => number): Happening {
  const one = <T>(list: readonly T[]) => list[Math.floor(next() * list.length)] as T;
  const open = job.steps.filter((step) => isOpen(step) && step.status !== 'waiting' && step.phase !== 'parts');
  if (open.length === 0) return { what: 'retried' };
  const { name, dispatch, try: number } = one(open);
  const run = { dispatch, try: number + (next() < 0.3 ? 1 : 0), run: `run_${Math.floor(next() * 1000)}` };
  const kind = next();
  if (kind < 0.3) return report('succeeded', name, { ...run, outputs: [output(name)] });
  if (kind < 0.55) return report('started', name, run);
  if (kind < 0.65) return report('progress', name, { ...run, fraction: next() });
  if (kind < 0.7) return { what: 'progressed', reports: open.slice(0, 3).map((step) => beat(step, next())) };
  if (kind < 0.8) return report('retrying', name, run);
  if (kind < 0.86) return { what: 'scaled', step: 'web', slots: Math.floor(next() * 12) };
  if (kind < 0.93) return { what: 'silent', step: name, dispatch };
  return one<Happening>([
    report('failed', name, run),
    report('failed', name, { ...run, error: { code: 'split_mismatch', message: 'a frame is missing' } }),
    report('cancelled', name, run),
    { what: 'dead', step: name, dispatch },
    { what: 'forgotten' },
    { what: 'cancelled' },
  ]);
}

function beat({ name, dispatch, try: number, run }: StepState, fraction: number) {
  const happening = report('progress', name, { dispatch, try: number, run: run ?? '', fraction });
  if (happening.what !== 'reported') throw new Error('a report is a report');
  return happening.report;
}

/** The tally as it would be if every part were counted; as it is when a retry of the other step took the parts away. */
function countAll(job: JobState): PartTally | null {
  const web = byName(job).web as StepState;
  if (web.split === null) return null;
  const parts = job.steps.filter((step) => step.name.startsWith(`web.${web.split?.generation}.`));
  if (parts.length === 0 && web.status === 'succeeded') return web.tally;
  const count = (status: string) => parts.filter((part) => part.status === status).length;
  const sum = (of: (part: StepState) => number) => parts.reduce((total, part) => total + of(part), 0);
  const weight = (part: StepState) => part.part?.plan.weight ?? 0;
  return {
    ...{ total: parts.length, waiting: count('waiting'), queued: count('queued'), running: count('running') },
    ...{ succeeded: count('succeeded'), attempts: sum((part) => part.attempts) },
    ...{ weight: sum(weight), done: sum((part) => weight(part) * part.progress) },
  };
}

describe('a job with only the parts at hand that a happening concerns', () => {
  it.each(Array.from({ length: 150 }, (_, seed) => seed))('moves as with all of them (seed %i)', (seed) => {
    const next = random(seed + 1);
    let job = cut(2 + Math.floor(next() * 30), next);
    for (let round = 0; round < 120; round++) {
      const happening = pick(job, next);
      const at = happening.what === 'silent' ? later : now;
      const whole = advanceJob(job, happening, at);
      const loaded = atHand(job, happening);
      const some = advanceJob({ ...job, steps: loaded }, happening, at);
      expect(some.events).toEqual(whole.events);
      expect(byName(save(job, loaded, some.job))).toEqual(byName(whole.job));
      job = whole.job;
      const { tally } = byName(job).web as StepState;
      const expected = countAll(job);
      expect(tally && { ...tally, weight: 0, done: 0 }).toEqual(expected && { ...expected, weight: 0, done: 0 });
      expect(tally?.done ?? 0).toBeCloseTo(expected?.done ?? 0, 9);
      expect(tally?.weight ?? 0).toBeCloseTo(expected?.weight ?? 0, 9);
    }
  });

  it('has one part at hand for most of its reports, and one that waits when it is made', () => {
    const named = ['web.1.p7'];
    for (const what of ['started', 'progress', 'retrying', 'rendition'] as const)
      expect(partsConcerned(report(what, 'web.1.p7'))).toEqual({ named, next: null });
    expect(partsConcerned(report('succeeded', 'web.1.p7'))).toEqual({ named, next: { step: 'web', count: 1 } });
    expect(partsConcerned(report('succeeded', 'web'))).toEqual({ named: [], next: null });
  });
});
