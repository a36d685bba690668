import type { Queryable } from './database.ts';
import { type JobRow, joinRows, type StepRow, stepColumns } from './job-rows.ts';
import type { JobState } from './job-state.ts';

/** The jobs a query selects (`jobColumns`), with the steps people know. A step may be newer than its job by a moment. */
export async function readJobs(
  db: Queryable,
  select: string,
  values: readonly unknown[],
): Promise<readonly JobState[]> {
  const jobs = await db.query<JobRow>(select, [...values]);
  if (jobs.rows.length === 0) return [];
  const steps = await db.query<StepRow>(
    `select ${stepColumns} from steps where job_id = any($1) and parent is null order by job_id, position, name`,
    [jobs.rows.map((job) => job.id)],
  );
  return joinRows(jobs.rows, steps.rows);
}
