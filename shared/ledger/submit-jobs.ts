import type { Job } from '../messages/job.ts';
import type { Queryable } from './database.ts';
import type { NewJob } from './new-job.ts';

/** Writes jobs, steps, the event `job.accepted` and its deliveries. The caller owns the transaction. */
export async function submitJobs(_client: Queryable, _jobs: readonly NewJob[]): Promise<readonly Job[]> {
  throw new Error('not yet');
}
