import type pg from 'pg';
import { type JobRow, jobColumns, joinRows, type StepRow, stepColumns } from './job-rows.ts';
import type { JobState } from './job-state.ts';
import type { PartsAtHand, SomeParts } from './parts-at-hand.ts';

export interface LockedJob {
  readonly job: JobState;
  /** The database's clock: leases and due times of all parts are compared on it. */
  readonly now: Date;
}

/**
 * A job that nobody else can change before the transaction ends, with the parts asked for. The job's row is always locked
 * before its steps, so two changes wait for each other and never deadlock; locking the steps too waits for a relay that is
 * just handing one over. In two statements, for the second must see what the holder of the lock before wrote.
 */
export async function lockJob(
  client: pg.PoolClient,
  jobId: string,
  parts: PartsAtHand,
): Promise<LockedJob | undefined> {
  const jobs = await client.query<JobRow>(`select ${jobColumns} from jobs where id = $1 for update`, [jobId]);
  if (jobs.rows.length === 0) return undefined;
  const steps = await (parts === 'all' ? lockAllSteps(client, jobId) : lockSteps(client, jobId, parts));
  const [job] = joinRows(jobs.rows, steps);
  const now = steps[0]?.now;
  return job && now ? { job, now } : undefined;
}

type LockedStep = StepRow & { readonly now: Date };

async function lockAllSteps(client: pg.PoolClient, jobId: string): Promise<readonly LockedStep[]> {
  const steps = await client.query<LockedStep>(
    `select ${stepColumns}, clock_timestamp() as now from steps where job_id = $1 order by position, name for update`,
    [jobId],
  );
  return steps.rows;
}

/** The names are found by indexes that hold no other part: PostgreSQL too reads no sibling. */
async function lockSteps(client: pg.PoolClient, jobId: string, { named, next }: SomeParts) {
  const steps = await client.query<LockedStep>(
    `select ${stepColumns}, clock_timestamp() as now from steps
     where job_id = $1 and name = any(array(
       select name from steps where job_id = $1 and parent is null
       union all select unnest($2::text[])
       union all (select name from steps where job_id = $1 and parent = $3 and status = 'waiting'
         order by (part ->> 'index')::int limit $4)))
     order by position, name for update`,
    [jobId, named, next?.step ?? null, next?.count ?? 0],
  );
  return steps.rows;
}
