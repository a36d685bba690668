import type pg from 'pg';
import type { Advance } from './advance-job.ts';
import type { JobState, StepState } from './job-state.ts';
import type { LockedJob } from './lock-job.ts';
import { writeEvents } from './write-events.ts';

/** Writes what an advance changed of a locked job: its steps, the job itself, the events and their deliveries. */
export async function saveAdvance(
  client: pg.PoolClient,
  { job: before, now }: LockedJob,
  advance: Advance,
): Promise<JobState> {
  const { events } = advance;
  const job = { ...advance.job, sequence: before.sequence + events.length };
  await updateSteps(
    client,
    job.id,
    job.steps.filter((step, index) => step !== before.steps[index]),
  );
  if (events.length > 0 || job.status !== before.status) await updateJob(client, job, job.inputs !== before.inputs);
  await writeEvents(client, [{ job, events, at: now }]);
  return job;
}

async function updateSteps(client: pg.PoolClient, jobId: string, steps: readonly StepState[]): Promise<void> {
  if (steps.length === 0) return;
  await client.query(
    `update steps set
       status = new.status, progress = new.progress, attempts = new.attempts, outputs = new.outputs,
       manifest_key = new."manifestKey", error = new.error, dispatch = new.dispatch, try = new.try, run = new.run,
       lost = new.lost, queued_at = new."queuedAt", dispatched_at = new."dispatchedAt", lease_until = new."leaseUntil",
       started_at = new."startedAt", finished_at = new."finishedAt"
     from json_to_recordset($2) as new (
       name text, status text, progress real, attempts int, outputs json, "manifestKey" text, error json, dispatch int,
       try int, run text, lost int, "queuedAt" timestamptz, "dispatchedAt" timestamptz, "leaseUntil" timestamptz,
       "startedAt" timestamptz, "finishedAt" timestamptz)
     where steps.job_id = $1 and steps.name = new.name`,
    [jobId, JSON.stringify(steps)],
  );
}

async function updateJob(client: pg.PoolClient, job: JobState, inputsChanged: boolean): Promise<void> {
  await client.query(
    `update jobs set status = $2, error = $3, sequence = $4, started_at = $5, finished_at = $6, inputs = coalesce($7, inputs)
     where id = $1`,
    [
      job.id,
      job.status,
      job.error && JSON.stringify(job.error),
      job.sequence,
      job.startedAt,
      job.finishedAt,
      inputsChanged ? JSON.stringify(job.inputs) : null,
    ],
  );
}
