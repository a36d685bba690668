import type { PublicError } from '../messages/job.ts';
import type { TaskReport } from '../messages/report.ts';
import {
  findStep,
  isOpen,
  type JobState,
  type PartState,
  type PartTally,
  replaceStep,
  roundProgress,
  type SplitState,
  type StepState,
} from './job-state.ts';
import { emptyTally } from './part-tally.ts';
import { queueStep } from './release-steps.ts';
import { beginRun, endStep } from './take-report.ts';

/**
 * One step on many workers (ADR 7):
 *
 *   start ──report split──► parts ──every part succeeded──► join ──► succeeded
 *                            │  └──a part failed──► failed      │
 *                            └────── the pieces do not fit ─────┴──► whole: queued once more, never split again
 *
 * The parts are steps of the same job with a parent. They go through the relay, the queues, the leases and the fence like
 * any step; only this file, the view and the verdict on the job know that they belong together. All of them are known by
 * the tally of their step; as rows only those are at hand that something may happen to (parts-at-hand.ts).
 */

/** At the least, so that a farm whose slots were not seen yet is used all the same. */
const fewestAtOnce = 4;
/** One at work and one that waits, for each slot. */
const perSlot = 2;

/** How many parts of one step are with the broker or at work at a time. */
export function atOnceFor(slots: number): number {
  return Math.max(fewestAtOnce, perSlot * slots);
}

/** A worker has cut the step into parts. Its dispatch ends here: a twin that still works on it is not listened to. */
export function takeSplit(job: JobState, step: StepState, report: TaskReport, now: Date): JobState {
  if (report.split === undefined) return job;
  const { plan, inputs } = report.split;
  const { joinWeight, splitWeight = 0 } = plan;
  const weight = plan.parts.reduce((sum, part) => sum + part.weight, 0);
  const whole = splitWeight + weight + joinWeight;
  const [partsFrom, joinFrom] = [splitWeight / whole, (splitWeight + weight) / whole];
  const atOnce = atOnceFor(report.split.slots ?? 0);
  const split: SplitState = { generation: step.dispatch, inputs, facts: plan.facts, partsFrom, joinFrom, atOnce };
  const parts = plan.parts.map((part, index) => createPart(step, { index, of: plan.parts.length, plan: part }));
  const divided: StepState = {
    ...{ ...beginRun(step, report, now), status: 'running', phase: 'parts', split, error: null, tally: emptyTally },
    ...{ dispatch: step.dispatch + 1, try: 0, run: null, lost: 0, leaseUntil: null, dispatchedAt: null },
  };
  const replaced = replaceStep(job, divided);
  return { ...replaced, steps: [...replaced.steps, ...parts] };
}

function createPart(step: StepState, part: PartState): StepState {
  return {
    ...{ name: `${step.name}.${step.dispatch}.${part.plan.name}`, parent: step.name, phase: 'part', part },
    ...{ split: null, tally: null, secrets: null },
    ...{
      kind: step.kind,
      uses: step.uses,
      status: 'waiting',
      progress: 0,
      attempts: 0,
      outputs: [],
      manifestKey: null,
    },
    ...{ error: null, dispatch: 0, try: 0, run: null, lost: 0 },
    ...{ queuedAt: null, dispatchedAt: null, leaseUntil: null, startedAt: null, finishedAt: null },
  };
}

/** Slots came or went: the step has as many parts at work as it would have if it were split now. */
export function scaleSplit(job: JobState, name: string, slots: number): JobState {
  const step = findStep(job, name);
  const atOnce = atOnceFor(slots);
  if (step === undefined || !isInParts(step) || step.split.atOnce === atOnce) return job;
  return replaceStep(job, { ...step, split: { ...step.split, atOnce } });
}

/** Brings every split step up to date with its parts. */
export function advanceSplits(job: JobState, now: Date): JobState {
  return job.steps.filter(isInParts).reduce((current, step) => advanceSplit(current, step, now), job);
}

type StepInParts = StepState & { readonly split: SplitState; readonly tally: PartTally };

function isInParts(step: StepState): step is StepInParts {
  return step.phase === 'parts' && isOpen(step) && step.split !== null && step.tally !== null;
}

function advanceSplit(job: JobState, step: StepInParts, now: Date): JobState {
  const parts = partsOf(job, step);
  const failed = parts.find((part) => part.status === 'failed');
  if (failed !== undefined) {
    if (failed.error?.code === 'split_mismatch') return runWhole(job, step, now);
    return endWith(job, { ...endStep(step, now), status: 'failed', error: errorOf(step, failed) }, now);
  }
  if (parts.some((part) => part.status === 'cancelled')) {
    return endWith(job, { ...endStep(step, now), status: 'cancelled' }, now);
  }
  if (step.tally.succeeded === step.tally.total) {
    const progress = Math.max(step.progress, roundProgress(step.split.joinFrom));
    return replaceStep(job, queueStep({ ...step, phase: 'join', progress }, step.queuedAt));
  }
  const progress = Math.max(step.progress, progressOfParts(step));
  const moved = progress === step.progress ? job : replaceStep(job, { ...step, progress });
  return releaseParts(moved, step, parts, now);
}

/** The parts at hand of the step's present split, in the order of its plan. */
function partsOf(job: JobState, step: StepInParts): readonly StepState[] {
  const prefix = `${step.name}.${step.split.generation}.`;
  const parts = job.steps.filter((other) => other.parent === step.name && other.name.startsWith(prefix));
  return parts.sort((a, b) => (a.part?.index ?? 0) - (b.part?.index ?? 0));
}

export interface PartCounts {
  readonly total: number;
  readonly running: number;
  readonly succeeded: number;
  /** Runs that began, over all parts: above `total` when some had to be done again. */
  readonly attempts: number;
}

export function countParts({ tally }: StepState): PartCounts | undefined {
  if (tally === null) return undefined;
  const { total, running, succeeded, attempts } = tally;
  return { total, running, succeeded, attempts };
}

function releaseParts(job: JobState, step: StepInParts, parts: readonly StepState[], now: Date): JobState {
  const { queued, running } = step.tally;
  const room = Math.max(0, step.split.atOnce - queued - running);
  const next = parts.filter((part) => part.status === 'waiting').slice(0, room);
  return next.reduce((current, part) => replaceStep(current, queueStep(part, now)), job);
}

/** The pieces do not fit together: one worker does it all, and what is still at work on parts is stopped. */
export function runWhole(job: JobState, step: StepState, now: Date): JobState {
  return endWith(
    job,
    queueStep({ ...step, phase: 'whole', split: null, tally: null, outputs: [] }, step.queuedAt),
    now,
  );
}

/** Replaces the step, and ends what is still open of its parts. */
function endWith(job: JobState, step: StepState, now: Date): JobState {
  const steps = job.steps.map((other): StepState => {
    if (other.name === step.name) return step;
    return other.parent === step.name && isOpen(other) ? { ...endStep(other, now), status: 'cancelled' } : other;
  });
  return { ...job, steps };
}

function errorOf(step: StepState, part: StepState): PublicError {
  const fallback = { code: 'internal_error', message: 'The step failed for a reason on our side.' };
  return { ...(part.error ?? fallback), step: step.name };
}

/** 0 … 1: the split that is over, and the parts by their weights; the join is still to come. */
function progressOfParts({ split: { partsFrom = 0, joinFrom }, tally }: StepInParts): number {
  return roundProgress(partsFrom + (tally.done / tally.weight) * (joinFrom - partsFrom));
}
