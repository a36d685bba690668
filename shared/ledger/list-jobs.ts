import type { Job, JobStatus } from '../messages/job.ts';
import type { Queryable } from './database.ts';
import { jobColumns } from './job-rows.ts';
import { viewJob } from './job-view.ts';
import { readJobs } from './read-jobs.ts';

export interface JobFilter {
  readonly status?: JobStatus | undefined;
  /** Jobs with at least one step of that kind. */
  readonly kind?: string | undefined;
  readonly limit: number;
  /** A `nextCursor` of an earlier page. */
  readonly after?: string | undefined;
}

export interface JobPage {
  readonly jobs: readonly Job[];
  /** null on the last page. */
  readonly nextCursor: string | null;
}

/** Newest first. The cursor is the last id of the page: ids sort by the time they were made. */
export async function listJobs(db: Queryable, tenant: string, filter: JobFilter): Promise<JobPage> {
  const { status, kind, limit, after } = filter;
  const found = await readJobs(
    db,
    `select ${jobColumns} from jobs
     where tenant = $1 and ($2::text is null or status = $2) and ($3::text is null or id < $3)
       and ($4::text is null or exists (select 1 from steps where job_id = id and kind = $4))
     order by id desc limit $5`,
    [tenant, status ?? null, after ?? null, kind ?? null, limit + 1],
  );
  const page = found.slice(0, limit);
  return { jobs: page.map(viewJob), nextCursor: found.length > limit ? (page.at(-1)?.id ?? null) : null };
}
