import type { JobStatus, PublicError } from '../messages/job.ts';
import { isOpen, type JobState, ownSteps, roundProgress, type StepState } from './job-state.ts';

/** Ends a job when all its steps have ended: failed before cancelled before succeeded. */
export function settleJob(job: JobState, now: Date): JobState {
  if (job.finishedAt !== null || job.steps.some(isOpen)) return job;
  const steps = ownSteps(job);
  return { ...job, status: verdictOf(steps), error: firstError(steps), finishedAt: now };
}

function verdictOf(steps: readonly StepState[]): JobStatus {
  if (steps.some((step) => step.status === 'failed')) return 'failed';
  return steps.some((step) => step.status === 'cancelled') ? 'cancelled' : 'succeeded';
}

/** Of the step that failed first; the later ones often only follow from it. */
function firstError(steps: readonly StepState[]): PublicError | null {
  const failed = steps.filter((step) => step.status === 'failed');
  const [first] = failed.sort((a, b) => Number(a.finishedAt) - Number(b.finishedAt));
  return first?.error ? { ...first.error, step: first.name } : null;
}

/** 0 … 1: the mean over the steps, each counting alike. */
export function progressOf(steps: readonly Pick<StepState, 'status' | 'progress'>[]): number {
  const done = steps.reduce((sum, step) => sum + fractionOf(step), 0);
  return roundProgress(done / steps.length);
}

function fractionOf(step: Pick<StepState, 'status' | 'progress'>): number {
  return step.status === 'succeeded' || step.status === 'skipped' ? 1 : step.progress;
}
