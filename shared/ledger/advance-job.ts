import type { TaskReport } from '../messages/report.ts';
import { announceChanges } from './announce-changes.ts';
import { passesFence } from './fence.ts';
import type { Announcement, Happening, JobState, StepState } from './job-state.ts';
import { findStep, replaceStep } from './job-state.ts';
import { defaultLeasePolicy, type LeasePolicy } from './lease-policy.ts';
import { cancelSteps, failAsLost, loseDispatch, reopenJob, requeueDispatched } from './move-steps.ts';
import { tallyParts } from './part-tally.ts';
import { releaseSteps } from './release-steps.ts';
import { settleJob } from './settle-job.ts';
import { advanceSplits, runWhole, scaleSplit, takeSplit } from './split-step.ts';
import { takeReport } from './take-report.ts';

export interface Advance {
  /** The very same object when it does not concern this job any more. */
  readonly job: JobState;
  readonly events: readonly Announcement[];
}

/**
 * The whole life of a job, as one pure function of what it is and what happens.
 *
 *   job   queued ──first run──► running ──all steps ended──► succeeded · failed · cancelled ──retried──► queued
 *   step  waiting ──► queued ⇄ running ──► succeeded · failed · cancelled        waiting ──► skipped
 *
 * Steps move (take-report.ts, move-steps.ts), then those that were split (split-step.ts), then those that waited for them
 * (release-steps.ts), then the job (settle-job.ts). A job ends once; then only `retried` moves it.
 */
export function advanceJob(
  job: JobState,
  happening: Happening,
  now: Date,
  policy: LeasePolicy = defaultLeasePolicy,
): Advance {
  const moved = tallyParts(job, move(job, happening, now, policy));
  const split = tallyParts(moved, advanceSplits(moved, now));
  const settled = settleJob(releaseSteps(split, now), now);
  return { job: settled, events: settled === job ? [] : announceChanges(job, settled, happening) };
}

function move(job: JobState, happening: Happening, now: Date, policy: LeasePolicy): JobState {
  switch (happening.what) {
    case 'submitted':
      return job;
    case 'reported':
      return moveReported(job, happening.report, now, policy);
    case 'progressed':
      return happening.reports.reduce((current, report) => moveReported(current, report, now, policy), job);
    case 'scaled':
      return scaleSplit(job, happening.step, happening.slots);
    case 'cancelled':
      return cancelSteps(job, now);
    case 'retried':
      return reopenJob(job);
    case 'silent':
      return loseDispatch(job, happening, now, policy);
    case 'dead':
      return failAsLost(job, happening, now);
    case 'forgotten':
      return requeueDispatched(job);
  }
}

function moveReported(job: JobState, report: TaskReport, now: Date, policy: LeasePolicy): JobState {
  const step = findStep(job, report.step);
  if (step === undefined || !passesFence(step, report)) return job;
  const moved = moveStep(job, step, report, now, policy);
  if (report.what === 'progress') return moved;
  return { ...moved, status: 'running', startedAt: job.startedAt ?? now, inputs: learnInputs(job.inputs, report) };
}

function moveStep(job: JobState, step: StepState, report: TaskReport, now: Date, policy: LeasePolicy): JobState {
  const { what } = report;
  if (what === 'split') return takeSplit(job, step, report, now);
  if (what === 'failed' && step.phase === 'join' && report.error?.code === 'split_mismatch')
    return runWhole(job, step, now);
  return replaceStep(job, takeReport(step, { ...report, what }, policy, now));
}

/** A worker that fetched a url input knows its size and type; the job shows them from then on. */
function learnInputs(inputs: JobState['inputs'], report: TaskReport): JobState['inputs'] {
  const learned = Object.entries(report.inputs ?? {}).flatMap(([reference, { bytes, mediaType }]) => {
    const known = inputs[reference];
    if (known === undefined || known.bytes !== null) return [];
    return [[reference, { ...known, bytes, mediaType }] as const];
  });
  return learned.length === 0 ? inputs : { ...inputs, ...Object.fromEntries(learned) };
}
