import type { Job } from '../messages/job.ts';
import type { Queryable } from './database.ts';

export interface JobAtSequence {
  readonly job: Job;
  /** The sequence of the job's newest event; changes whenever the job does. */
  readonly sequence: number;
}

export async function readJob(_db: Queryable, _tenant: string, _jobId: string): Promise<JobAtSequence | undefined> {
  throw new Error('not yet');
}
