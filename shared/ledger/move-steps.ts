import type { PublicError } from '../messages/job.ts';
import { findStep, isOpen, type JobState, ownSteps, replaceStep, type StepState } from './job-state.ts';
import type { LeasePolicy } from './lease-policy.ts';
import { queueStep } from './release-steps.ts';
import { endStep } from './take-report.ts';

interface DispatchOfStep {
  readonly step: string;
  readonly dispatch: number;
}

/** Ends a job at once: every open step is cancelled, whatever its worker is doing, and so is the job even if a step failed before. */
export function cancelSteps(job: JobState, now: Date): JobState {
  if (job.finishedAt !== null) return job;
  const steps = job.steps.map(
    (step): StepState => (isOpen(step) ? { ...endStep(step, now), status: 'cancelled' } : step),
  );
  return { ...job, status: 'cancelled', finishedAt: now, steps };
}

/**
 * Opens a failed or cancelled job again; what succeeded stays, parts are cut anew. Attempts keep counting, losses start
 * anew. Not when a step that would run again has lost its passwords.
 */
export function reopenJob(job: JobState): JobState {
  if ((job.status !== 'failed' && job.status !== 'cancelled') || hasForgotten(job)) return job;
  const steps = ownSteps(job).map((step) => (step.status === 'succeeded' ? step : reopenStep(step)));
  return { ...job, status: 'queued', error: null, finishedAt: null, steps };
}

/** Whether a step that did not succeed has lost its passwords (ADR 30). */
export function hasForgotten(job: JobState): boolean {
  return ownSteps(job).some((step) => step.secrets === 'forgotten' && step.status !== 'succeeded');
}

function reopenStep(step: StepState): StepState {
  return {
    ...{ ...step, status: 'waiting', progress: 0, error: null, lost: 0, startedAt: null, finishedAt: null },
    ...{ phase: 'start', split: null, tally: null, outputs: [] },
  };
}

/** A lease ran out: send the step out anew, up to a limit, for a step that kills its workers must end. */
export function loseDispatch(job: JobState, lost: DispatchOfStep, now: Date, policy: LeasePolicy): JobState {
  const step = findCurrent(job, lost);
  if (step?.leaseUntil == null || step.leaseUntil > now) return job;
  const count = step.lost + 1;
  return replaceStep(job, count < policy.maxLost ? { ...requeue(step), lost: count } : endAsLost(step, now));
}

/** The broker gave the task up: its delivery limit is reached, or a worker could not read it. */
export function failAsLost(job: JobState, dead: DispatchOfStep, now: Date): JobState {
  const step = findCurrent(job, dead);
  return step === undefined ? job : replaceStep(job, endAsLost(step, now));
}

/** The broker lost its disk: everything it was given is sent out anew. Nobody's fault, so it does not count as lost. */
export function requeueDispatched(job: JobState): JobState {
  if (!job.steps.some(isDispatched)) return job;
  return { ...job, steps: job.steps.map((step) => (isDispatched(step) ? requeue(step) : step)) };
}

const isDispatched = (step: StepState) => isOpen(step) && step.dispatchedAt !== null;

/** Keeps its place in the queue: it is older than what came after it. */
function requeue(step: StepState): StepState {
  return queueStep(step, step.queuedAt);
}

function findCurrent(job: JobState, { step: name, dispatch }: DispatchOfStep): StepState | undefined {
  const step = findStep(job, name);
  return step && isOpen(step) && step.status !== 'waiting' && step.dispatch === dispatch ? step : undefined;
}

function endAsLost(step: StepState, now: Date): StepState {
  const error: PublicError = {
    code: 'worker_lost',
    message:
      'The workers that took this step died or went silent too often. Retry the job; if it happens again, send a smaller file or ask for less in one step.',
    step: step.name,
  };
  return { ...endStep(step, now), status: 'failed', error };
}
