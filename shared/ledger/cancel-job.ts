import type { Job } from '../messages/job.ts';
import { applyHappening } from './apply-happening.ts';
import type { Database } from './database.ts';
import { viewJob } from './job-view.ts';

/**
 * Ends a job and all its open steps at once; `announceCancel` then stops the workers. Idempotent: a job that has ended
 * already comes back unchanged. undefined: no such job.
 */
export async function cancelJob(database: Database, tenant: string, jobId: string): Promise<Job | undefined> {
  const applied = await applyHappening(database, { jobId, tenant }, { what: 'cancelled' });
  return applied && viewJob(applied.job);
}
