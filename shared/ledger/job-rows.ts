import type { JobState, StepState } from './job-state.ts';

/** The columns of a JobState, named as its fields; `steps` come from their own table. */
export const jobColumns = `id, tenant, status, priority, run_at as "runAt", inputs, metadata, webhook, error, sequence,
  traceparent, created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`;

export type JobRow = Omit<JobState, 'steps'>;

/** The columns of a StepState, named as its fields. */
export const stepColumns = `job_id as "jobId", name, parent, phase, split, tally, part, secrets, kind, uses, status, progress, attempts, outputs,
  manifest_key as "manifestKey", error, dispatch, try, run, lost, queued_at as "queuedAt",
  dispatched_at as "dispatchedAt", lease_until as "leaseUntil", started_at as "startedAt", finished_at as "finishedAt"`;

export type StepRow = StepState & { readonly jobId: string };

/** Jobs in the order of their rows, each with its steps in the order of theirs. */
export function joinRows(jobs: readonly JobRow[], steps: readonly StepRow[]): readonly JobState[] {
  const byJob = new Map<string, StepRow[]>(jobs.map((job) => [job.id, []]));
  for (const step of steps) byJob.get(step.jobId)?.push(step);
  return jobs.map((job) => ({ ...job, steps: byJob.get(job.id) ?? [] }));
}
