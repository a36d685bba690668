import type { PublicError } from '../messages/job.ts';
import type { TaskReport } from '../messages/report.ts';
import { compareRuns } from './fence.ts';
import { addMs, roundProgress, type StepState } from './job-state.ts';
import { type LeasePolicy, retryLeaseMs } from './lease-policy.ts';

/** All but `split`, which concerns more than the step (split-step.ts). */
export type StepReport = TaskReport & { readonly what: Exclude<TaskReport['what'], 'split'> };

/**
 * One step under the reports of its runs (those that pass the fence):
 *
 *   queued ──started──► running ──succeeded──► succeeded
 *     ▲                  │  │ └──failed──────► failed
 *     └────retrying──────┘  └────cancelled───► cancelled
 *
 * `rendition` makes outputs public before the end. A report that overtook its `started` stands for it: the step leaves `queued` all the same, and the attempt counts.
 */
export function takeReport(step: StepState, report: StepReport, policy: LeasePolicy, now: Date): StepState {
  const begun = report.what === 'progress' ? step : beginRun(step, report, now);
  switch (report.what) {
    case 'started':
      return { ...begun, status: 'running', leaseUntil: addMs(now, policy.runningMs) };
    case 'progress':
      return {
        ...step,
        progress: Math.max(step.progress, fractionOfStep(step, report.fraction ?? 0)),
        leaseUntil: addMs(now, policy.runningMs),
      };
    case 'retrying':
      return {
        ...begun,
        status: 'queued',
        progress: step.phase === 'join' ? step.progress : 0,
        error: errorOf(step, report),
        dispatchedAt: now,
        leaseUntil: addMs(now, retryLeaseMs(policy, report.try)),
      };
    case 'succeeded':
      return {
        ...endStep(begun, now),
        status: 'succeeded',
        progress: 1,
        error: null,
        outputs: report.outputs ?? [],
        manifestKey: report.manifestKey ?? null,
      };
    case 'failed':
      return { ...endStep(begun, now), status: 'failed', error: errorOf(step, report) };
    case 'cancelled':
      return { ...endStep(begun, now), status: 'cancelled' };
    case 'rendition':
      return {
        ...begun,
        status: 'running',
        outputs: report.outputs ?? begun.outputs,
        leaseUntil: addMs(now, policy.runningMs),
      };
  }
}

/** A join takes over where the parts ended. */
function fractionOfStep({ phase, split }: StepState, fraction: number): number {
  const from = phase === 'join' ? (split?.joinFrom ?? 0) : 0;
  return roundProgress(from + (1 - from) * fraction);
}

/** A run newer than the one known counts an attempt (a join goes on with one); the relay need not send a step that runs. */
export function beginRun(step: StepState, report: TaskReport, now: Date): StepState {
  const newer = compareRuns(report, step) > 0;
  const goesOn = step.phase === 'join' && step.run === null && step.lost === 0;
  return {
    ...step,
    ...(newer ? { try: report.try, run: report.run, attempts: step.attempts + (goesOn ? 0 : 1) } : {}),
    startedAt: step.startedAt ?? now,
    dispatchedAt: step.dispatchedAt ?? now,
  };
}

export function endStep(step: StepState, now: Date): StepState {
  return { ...step, leaseUntil: null, finishedAt: now };
}

function errorOf(step: StepState, report: TaskReport): PublicError {
  const fallback = { code: 'internal_error', message: 'The step failed for a reason on our side.' };
  return { ...(report.error ?? fallback), step: step.name };
}
