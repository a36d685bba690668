import type { Job, JobStatus } from '../messages/job.ts';
import type { Queryable } from './database.ts';

export interface JobFilter {
  readonly status?: JobStatus | undefined;
  readonly kind?: string | undefined;
  readonly limit: number;
  /** A `nextCursor` of an earlier page. */
  readonly after?: string | undefined;
}

export interface JobPage {
  readonly jobs: readonly Job[];
  readonly nextCursor: string | null;
}

/** Newest first. */
export async function listJobs(_db: Queryable, _tenant: string, _filter: JobFilter): Promise<JobPage> {
  throw new Error('not yet');
}
