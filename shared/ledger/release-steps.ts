import type { PublicError } from '../messages/job.ts';
import { findStep, isOpen, type JobState, type StepState } from './job-state.ts';
import { parseReference, stepsUsed } from './references.ts';

/**
 * Lets go of the waiting steps whose fate is decided, until nothing moves any more:
 *
 *   waiting ──every step it uses succeeded──────────────► queued (dispatch + 1)
 *           ──the one output it names was not made──────► failed
 *           ──a step it uses failed, was cancelled or skipped──► skipped
 */
export function releaseSteps(job: JobState, now: Date): JobState {
  const steps = job.steps.map((step) => (isHeldBack(step) ? releaseStep(job, step, now) : step));
  const moved = steps.some((step, index) => step !== job.steps[index]);
  return moved ? releaseSteps({ ...job, steps }, now) : job;
}

/** The parts of a step wait for room, not for other steps (split-step.ts). */
const isHeldBack = (step: StepState) => step.status === 'waiting' && step.parent === null;

function releaseStep(job: JobState, step: StepState, now: Date): StepState {
  const used = stepsUsed(step.uses, job.inputs).map((name) => findStep(job, name));
  if (used.some((other) => other === undefined || (!isOpen(other) && other.status !== 'succeeded'))) {
    return { ...step, status: 'skipped', finishedAt: now };
  }
  if (used.some((other) => other?.status !== 'succeeded')) return step;
  const error = missingOutput(job, step);
  if (error) return { ...step, status: 'failed', error, finishedAt: now };
  return queueStep(step, job.runAt !== null && job.runAt > now ? job.runAt : now);
}

/** Opens a new dispatch; whatever older ones report is void from here on. What the parts of a split step did stays done. */
export function queueStep(step: StepState, queuedAt: Date | null): StepState {
  return {
    ...step,
    status: 'queued',
    progress: step.phase === 'join' ? step.progress : 0,
    dispatch: step.dispatch + 1,
    try: 0,
    run: null,
    queuedAt,
    dispatchedAt: null,
    leaseUntil: null,
  };
}

function missingOutput(job: JobState, step: StepState): PublicError | undefined {
  for (const reference of step.uses) {
    const use = parseReference(reference, job.inputs);
    if (!('step' in use) || use.output === undefined) continue;
    const made = findStep(job, use.step)?.outputs.map((output) => output.name) ?? [];
    if (made.includes(use.output)) continue;
    return { code: 'input_unavailable', message: describeMissing(use.step, use.output, made), step: step.name };
  }
  return undefined;
}

function describeMissing(step: string, output: string, made: readonly string[]): string {
  const shown = made.slice(0, 10).join(', ') + (made.length > 10 ? `, and ${made.length - 10} more` : '');
  return `This step uses "${step}/${output}", but step "${step}" made ${shown === '' ? 'no outputs' : `only: ${shown}`}. Name one of these, or use "${step}" for all.`;
}
