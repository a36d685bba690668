import type pg from 'pg';
import { type JobRow, jobColumns, joinRows, type StepRow, stepColumns } from './job-rows.ts';
import type { JobState } from './job-state.ts';

export interface LockedJob {
  readonly job: JobState;
  /** The database's clock: leases and due times of all parts are compared on it. */
  readonly now: Date;
}

/**
 * A job that nobody else can change before the transaction ends. The job's row is always locked before its steps, so two
 * changes wait for each other and never deadlock; locking the steps too waits for a relay that is just handing one over.
 */
export async function lockJob(client: pg.PoolClient, jobId: string): Promise<LockedJob | undefined> {
  const jobs = await client.query<JobRow>(`select ${jobColumns} from jobs where id = $1 for update`, [jobId]);
  if (jobs.rows.length === 0) return undefined;
  const steps = await client.query<StepRow & { now: Date }>(
    `select ${stepColumns}, clock_timestamp() as now from steps where job_id = $1 order by position, name for update`,
    [jobId],
  );
  const [job] = joinRows(jobs.rows, steps.rows);
  const now = steps.rows[0]?.now;
  return job && now ? { job, now } : undefined;
}
