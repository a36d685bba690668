import type { Job } from '../messages/job.ts';
import type { Queryable } from './database.ts';
import { jobColumns } from './job-rows.ts';
import { viewJob } from './job-view.ts';
import { readJobs } from './read-jobs.ts';

export interface JobAtSequence {
  readonly job: Job;
  /** The sequence of the job's newest event; changes whenever what the job shows does. */
  readonly sequence: number;
}

export async function readJob(db: Queryable, tenant: string, jobId: string): Promise<JobAtSequence | undefined> {
  const select = `select ${jobColumns} from jobs where tenant = $1 and id = $2`;
  const [job] = await readJobs(db, select, [tenant, jobId]);
  return job && { job: viewJob(job), sequence: job.sequence };
}
