import { type Announcement, findStep, type Happening, type JobState, ownSteps, type StepState } from './job-state.ts';
import { countParts } from './split-step.ts';

/** The events that lead from one state of a job to the next, in the order a listener expects them. Parts of steps stay unheard. */
export function announceChanges(before: JobState, next: JobState, happening: Happening): readonly Announcement[] {
  const events: Announcement[] = [];
  if (happening.what === 'submitted' || happening.what === 'retried') events.push({ type: 'job.accepted' });
  const steps = ownSteps(next).flatMap((step) => announceStep(before, step, happening));
  if (before.status === 'queued' && steps.some((event) => event.type === 'step.started')) {
    events.push({ type: 'job.started' });
  }
  events.push(...steps);
  if (next.finishedAt !== null && before.finishedAt === null) events.push(announceEnd(next));
  return events;
}

function announceStep(job: JobState, next: StepState, happening: Happening): readonly Announcement[] {
  const before = findStep(job, next.name);
  const step = next.name;
  const events: Announcement[] = [];
  if (next.attempts > (before?.attempts ?? 0)) events.push({ type: 'step.started', step });
  const shown = { before: before && countParts(before), next: countParts(next) };
  const partsMoved = shown.next !== undefined && JSON.stringify(shown.before) !== JSON.stringify(shown.next);
  if (next.status === 'running' && (next.progress > (before?.progress ?? 0) || partsMoved))
    events.push({ type: 'step.progress', step });
  events.push(...announceRendition(step, happening));
  if (next.status !== before?.status) {
    if (next.status === 'succeeded') events.push({ type: 'step.succeeded', step });
    if (next.status === 'failed') events.push({ type: 'step.failed', step });
  }
  return events;
}

function announceRendition(step: string, happening: Happening): readonly Announcement[] {
  if (happening.what !== 'reported') return [];
  const { what, step: about, rendition } = happening.report;
  if (what !== 'rendition' || about !== step || rendition === undefined) return [];
  return [{ type: 'rendition.ready', step, rendition }];
}

function announceEnd(job: JobState): Announcement {
  if (job.status === 'failed') return { type: 'job.failed' };
  return { type: job.status === 'cancelled' ? 'job.cancelled' : 'job.succeeded' };
}
