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
  const known = new Map(before.steps.map((step) => [step.name, step]));
  const changed = job.steps.filter((step) => step !== known.get(step.name));
  const left = new Set(job.steps.map((step) => step.name));
  await updateJob(client, before, {
    ...job,
    steps: changed.filter((step) => known.has(step.name)),
  });
  await insertParts(
    client,
    job.id,
    changed.filter((step) => !known.has(step.name)),
  );
  await deleteParts(
    client,
    job.id,
    before.steps.filter((step) => !left.has(step.name)),
  );
  await writeEvents(client, [{ job, events, at: now }]);
  return job;
}

/** The names come once more as an array: by the join alone PostgreSQL would read every part of the job. */
const updateSteps = `update steps set
    status = new.status, progress = new.progress, attempts = new.attempts, outputs = new.outputs,
    manifest_key = new."manifestKey", error = new.error, dispatch = new.dispatch, try = new.try, run = new.run,
    lost = new.lost, queued_at = new."queuedAt", dispatched_at = new."dispatchedAt", lease_until = new."leaseUntil",
    started_at = new."startedAt", finished_at = new."finishedAt", phase = new.phase, split = new.split, tally = new.tally
  from json_to_recordset($2) as new (
    name text, status text, progress real, attempts int, outputs json, "manifestKey" text, error json, dispatch int,
    try int, run text, lost int, "queuedAt" timestamptz, "dispatchedAt" timestamptz, "leaseUntil" timestamptz,
    "startedAt" timestamptz, "finishedAt" timestamptz, phase text, split json, tally json)
  where steps.job_id = $1 and steps.name = any($3) and steps.name = new.name`;

const updateBoth = `with job as (
    update jobs set status = $4, error = $5, sequence = $6, started_at = $7, finished_at = $8, inputs = coalesce($9, inputs)
    where id = $1)
  ${updateSteps}`;

/** The job, unless all it shows is the same, and those of its steps that changed, in one statement. */
async function updateJob(client: pg.PoolClient, before: JobState, job: JobState): Promise<void> {
  const steps = [job.id, JSON.stringify(job.steps), job.steps.map((step) => step.name)];
  if (job.sequence === before.sequence && job.status === before.status) {
    if (job.steps.length > 0) await client.query(updateSteps, steps);
    return;
  }
  const { status, error, sequence, startedAt, finishedAt, inputs } = job;
  const learned = inputs === before.inputs ? null : JSON.stringify(inputs);
  await client.query(updateBoth, [
    ...steps,
    ...[status, error && JSON.stringify(error), sequence, startedAt, finishedAt, learned],
  ]);
}

/** A part has its tenant, params and place in the job from the step it belongs to. */
async function insertParts(client: pg.PoolClient, jobId: string, parts: readonly StepState[]): Promise<void> {
  if (parts.length === 0) return;
  await client.query(
    `insert into steps (job_id, name, parent, phase, part, status, dispatch, queued_at,
       position, kind, params, uses, tenant, priority_class)
     select $1, new.name, new.parent, new.phase, new.part, new.status, new.dispatch, new."queuedAt",
       step.position, step.kind, step.params, step.uses, step.tenant, step.priority_class
     from json_to_recordset($2) as new (
       name text, parent text, phase text, part json, status text, dispatch int, "queuedAt" timestamptz)
     join steps as step on step.job_id = $1 and step.name = new.parent`,
    [jobId, JSON.stringify(parts)],
  );
}

async function deleteParts(client: pg.PoolClient, jobId: string, parts: readonly StepState[]): Promise<void> {
  if (parts.length === 0) return;
  await client.query('delete from steps where job_id = $1 and name = any($2)', [jobId, parts.map((part) => part.name)]);
}
