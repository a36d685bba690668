import type pg from 'pg';
import type { PriorityClass } from '../queue/topology.ts';
import type { PartState, SplitState, StepPhase } from './job-state.ts';
import type { ResolvedInput } from './new-job.ts';
import type { Line } from './read-lanes.ts';

/** A line together with how many steps its queue may still take, over all tenants. */
export interface OpenLine extends Line {
  readonly room: number;
  readonly slots: Slots;
}

/** Workers' slots for a kind as they were seen a moment ago. */
export interface Slots {
  readonly idle: number;
  readonly total: number;
}

export interface ClaimedStep {
  readonly tenant: string;
  readonly jobId: string;
  readonly name: string;
  readonly kind: string;
  readonly priorityClass: PriorityClass;
  readonly params: Record<string, unknown>;
  readonly uses: readonly string[];
  readonly dispatch: number;
  readonly queuedAt: Date;
  readonly parent: string | null;
  readonly phase: StepPhase;
  readonly split: SplitState | null;
  readonly part: PartState | null;
  readonly slots: Slots | undefined;
  readonly job: JobOfStep;
}

/** What the step's task has from its job. */
interface JobOfStep {
  readonly inputs: Readonly<Record<string, ResolvedInput>>;
  readonly traceparent: string;
  readonly requestId: string;
}

/**
 * Locks the steps whose turn it is, skipping those another relay holds. Each queue takes as many as it has room for; the
 * turns go round the tenants, and a tenant's turn counts what it has in flight already: who has 40 steps there waits
 * until all others have 40. Within a tenant the oldest goes first, among queues hi before std before bulk.
 */
export async function claimSteps(
  client: pg.PoolClient,
  lines: readonly OpenLine[],
  options: { limit: number; jobIds: readonly string[] | undefined },
): Promise<readonly ClaimedStep[]> {
  const claimed = await client.query<Omit<ClaimedStep, 'slots' | 'job'> & JobOfStep>(
    `with line as (
       select * from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[])
         as line (kind, priority_class, tenant, in_flight, room)
     ), turn as (
       select line.*, step.*,
         line.in_flight + row_number() over (
           partition by line.kind, line.priority_class, line.tenant order by queued_at, job_id, position) as turn
       from line cross join lateral (
         select job_id, name, position, queued_at from steps
         where kind = line.kind and priority_class = line.priority_class and tenant = line.tenant
           and status = 'queued' and dispatched_at is null and queued_at <= clock_timestamp()
           and ($6::text[] is null or job_id = any($6))
         order by queued_at, job_id, position limit line.room) as step
     ), place as (
       select *, row_number() over (partition by kind, priority_class order by turn, queued_at, job_id) as place from turn
     )
     select step.tenant, step.job_id as "jobId", step.name, step.kind, step.priority_class as "priorityClass",
       step.params, step.uses, step.dispatch, step.queued_at as "queuedAt", step.parent, step.phase, step.split, step.part,
       job.inputs, job.traceparent, job.request_id as "requestId"
     from place join steps as step on step.job_id = place.job_id and step.name = place.name
       join jobs as job on job.id = step.job_id
     where place.place <= place.room and step.status = 'queued' and step.dispatched_at is null
     order by array_position('{hi,std,bulk}', place.priority_class), place.turn, place.queued_at
     limit $7
     for update of step skip locked`,
    [
      lines.map((line) => line.kind),
      lines.map((line) => line.priorityClass),
      lines.map((line) => line.tenant),
      lines.map((line) => line.inFlight),
      lines.map((line) => line.room),
      options.jobIds ?? null,
      options.limit,
    ],
  );
  return claimed.rows.map(({ inputs, traceparent, requestId, ...step }) => ({
    ...step,
    slots: slotsFor(step, lines),
    job: { inputs, traceparent, requestId },
  }));
}

function slotsFor(step: Pick<ClaimedStep, 'kind' | 'priorityClass'>, lines: readonly OpenLine[]): Slots | undefined {
  return lines.find((line) => line.kind === step.kind && line.priorityClass === step.priorityClass)?.slots;
}
