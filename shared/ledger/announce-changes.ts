import type { Announcement, Happening, JobState, StepState } from './job-state.ts';

/** The events that lead from one state of a job to the next, in the order a listener expects them. */
export function announceChanges(before: JobState, next: JobState, what: Happening['what']): readonly Announcement[] {
  const events: Announcement[] = [];
  if (what === 'submitted' || what === 'retried') events.push({ type: 'job.accepted' });
  const steps = next.steps.flatMap((step, index) => announceStep(before.steps[index], step));
  if (before.status === 'queued' && steps.some((event) => event.type === 'step.started')) {
    events.push({ type: 'job.started' });
  }
  events.push(...steps);
  if (next.finishedAt !== null && before.finishedAt === null) events.push(announceEnd(next));
  return events;
}

function announceStep(before: StepState | undefined, { name: step, ...next }: StepState): readonly Announcement[] {
  const events: Announcement[] = [];
  if (next.attempts > (before?.attempts ?? 0)) events.push({ type: 'step.started', step });
  if (next.status === 'running' && next.progress > (before?.progress ?? 0))
    events.push({ type: 'step.progress', step });
  if (next.status !== before?.status) {
    if (next.status === 'succeeded') events.push({ type: 'step.succeeded', step });
    if (next.status === 'failed') events.push({ type: 'step.failed', step });
  }
  return events;
}

function announceEnd(job: JobState): Announcement {
  if (job.status === 'failed') return { type: 'job.failed' };
  return { type: job.status === 'cancelled' ? 'job.cancelled' : 'job.succeeded' };
}
