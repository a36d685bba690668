import { AppError } from '../errors.ts';
import type { Job } from '../messages/job.ts';
import { applyHappening } from './apply-happening.ts';
import type { Database } from './database.ts';
import { viewJob } from './job-view.ts';

/**
 * Opens the failed, cancelled and skipped steps of a job again, announced by a second `job.accepted`. undefined: no such
 * job. @throws AppError `conflict` unless the job failed or was cancelled.
 */
export async function retryJob(database: Database, tenant: string, jobId: string): Promise<Job | undefined> {
  const applied = await applyHappening(database, { jobId, tenant }, { what: 'retried' });
  if (applied?.verdict === 'ignored') {
    throw new AppError('conflict', `Only a failed or cancelled job can be retried; this one is ${applied.job.status}.`);
  }
  return applied && viewJob(applied.job);
}
