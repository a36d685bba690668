import { newId } from '../messages/ids.ts';
import type { Job } from '../messages/job.ts';
import { priorityClassOf } from '../queue/topology.ts';
import { advanceJob } from './advance-job.ts';
import type { Queryable } from './database.ts';
import type { JobState, StepState } from './job-state.ts';
import { viewJob } from './job-view.ts';
import type { NewJob, NewStep } from './new-job.ts';
import { writeEvents } from './write-events.ts';

/**
 * Writes jobs, their steps, the event `job.accepted` and its deliveries; one statement per table however many jobs.
 * The caller owns the transaction. The jobs come back in the order they were given.
 */
export async function submitJobs(client: Queryable, jobs: readonly NewJob[]): Promise<readonly Job[]> {
  if (jobs.length === 0) return [];
  const clock = await client.query<{ now: Date }>('select clock_timestamp() as now');
  const now = clock.rows[0]?.now ?? new Date();
  const accepted = jobs.map((given) => {
    const { job, events } = advanceJob(createJob(given, now), { what: 'submitted' }, now);
    return { given, events, at: now, job: { ...job, sequence: events.length } };
  });
  await insertJobs(client, accepted);
  await insertSteps(client, accepted);
  await writeEvents(client, accepted);
  return accepted.map(({ job }) => viewJob(job));
}

function createJob(given: NewJob, now: Date): JobState {
  const { tenant, priority, inputs, metadata, webhook, traceparent } = given;
  return {
    ...{ id: newId('job'), tenant, status: 'queued', priority, inputs, metadata, webhook, traceparent },
    runAt: given.runAt === null ? null : new Date(given.runAt),
    error: null,
    sequence: 0,
    createdAt: now,
    startedAt: null,
    finishedAt: null,
    steps: given.steps.map(createStep),
  };
}

function createStep({ name, kind, uses }: NewStep): StepState {
  return {
    ...{ parent: null, phase: 'start', split: null, tally: null, part: null, secrets: null },
    ...{ name, kind, uses, status: 'waiting', progress: 0, attempts: 0, outputs: [], manifestKey: null, error: null },
    ...{ dispatch: 0, try: 0, run: null, lost: 0 },
    ...{ queuedAt: null, dispatchedAt: null, leaseUntil: null, startedAt: null, finishedAt: null },
  };
}

interface Accepted {
  readonly given: NewJob;
  readonly job: JobState;
}

async function insertJobs(client: Queryable, accepted: readonly Accepted[]): Promise<void> {
  const rows = accepted.map(({ job: { steps: _, ...job }, given: { requestId } }) => ({ ...job, requestId }));
  await client.query(
    `insert into jobs (id, tenant, status, priority, run_at, inputs, metadata, webhook, sequence, traceparent, request_id, created_at)
     select * from json_to_recordset($1) as new (
       id text, tenant text, status text, priority text, "runAt" timestamptz, inputs json, metadata json, webhook json,
       sequence bigint, traceparent text, "requestId" text, "createdAt" timestamptz)`,
    [JSON.stringify(rows)],
  );
}

async function insertSteps(client: Queryable, accepted: readonly Accepted[]): Promise<void> {
  const rows = accepted.flatMap(({ job, given }) =>
    job.steps.map(({ name, kind, uses, status, dispatch, queuedAt }, position) => ({
      ...{
        jobId: job.id,
        name,
        position,
        kind,
        params: given.steps[position]?.params,
        uses,
        status,
        dispatch,
        queuedAt,
      },
      ...{ tenant: job.tenant, priorityClass: priorityClassOf(job.priority) },
    })),
  );
  await client.query(
    `insert into steps (job_id, name, position, kind, params, uses, status, dispatch, queued_at, tenant, priority_class)
     select * from json_to_recordset($1) as new (
       "jobId" text, name text, position int, kind text, params json, uses text[], status text, dispatch int,
       "queuedAt" timestamptz, tenant text, "priorityClass" text)`,
    [JSON.stringify(rows)],
  );
}
