/** Jobs by hand and what happens to them, for the tests of the pure ledger. */
import { advanceJob } from '../../shared/ledger/advance-job.ts';
import { findStep, type Happening, type JobState, type StepState } from '../../shared/ledger/job-state.ts';
import type { TaskReport } from '../../shared/messages/report.ts';

export const now = new Date('2026-11-21T00:00:00Z');

/** `{a: ['input'], b: ['a']}`: steps by what they use, submitted. */
export function submit(uses: Record<string, string[]>, change: Partial<JobState> = {}): JobState {
  const steps = Object.entries(uses).map(([name, references]) => waitingStep(name, references));
  const job: JobState = {
    id: 'job_1',
    tenant: 'acme',
    status: 'queued',
    priority: 'normal',
    runAt: null,
    inputs: { input: { source: { key: 'k' }, name: 'photo.jpg', bytes: 1, mediaType: 'image/jpeg', sha256: null } },
    metadata: {},
    webhook: null,
    error: null,
    sequence: 0,
    traceparent: '',
    createdAt: now,
    startedAt: null,
    finishedAt: null,
    steps,
    ...change,
  };
  return advanceJob(job, { what: 'submitted' }, now).job;
}

export function waitingStep(name: string, uses: readonly string[]): StepState {
  return {
    ...{ parent: null, phase: 'start', split: null, tally: null, part: null, secrets: null },
    ...{ name, kind: 'resize', uses, status: 'waiting', progress: 0, attempts: 0, outputs: [], manifestKey: null },
    ...{ error: null, dispatch: 0, try: 0, run: null, lost: 0, queuedAt: null, dispatchedAt: null, leaseUntil: null },
    ...{ startedAt: null, finishedAt: null },
  };
}

export function report(what: TaskReport['what'], step: string, change: Partial<TaskReport> = {}): Happening {
  const identity = {
    tenant: 'acme',
    job: 'job_1',
    step,
    kind: 'resize',
    dispatch: 1,
    try: 0,
    run: 'run_1',
    worker: 'w',
  };
  return { what: 'reported', report: { schema: 1, what, ...identity, at: '', traceparent: '', ...change } };
}

export const output = (name: string) => ({ name, key: `k/${name}`, mediaType: 'image/webp', bytes: 1, sha256: '' });

/** Applies happenings in order; the job and all events as `type` or `type:step`. */
export function play(job: JobState, happenings: readonly Happening[], at: Date = now) {
  const events: string[] = [];
  let state = job;
  for (const happening of happenings) {
    const advance = advanceJob(state, happening, at);
    state = advance.job;
    events.push(...advance.events.map((event) => (event.step ? `${event.type}:${event.step}` : event.type)));
  }
  return { job: state, events, statuses: Object.fromEntries(state.steps.map((step) => [step.name, step.status])) };
}

export const step = (job: JobState, name: string): StepState => findStep(job, name) as StepState;

/** Numbers below 1 from a seed, the same each time. */
export function random(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    return state / 4294967296;
  };
}
