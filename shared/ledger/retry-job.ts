import { AppError } from '../errors.ts';
import type { Job } from '../messages/job.ts';
import { applyHappening } from './apply-happening.ts';
import type { Database } from './database.ts';
import { viewJob } from './job-view.ts';
import { hasForgotten } from './move-steps.ts';

/**
 * Opens the failed, cancelled and skipped steps of a job again, announced by a second `job.accepted`. undefined: no such
 * job. @throws AppError `conflict` unless the job failed or was cancelled, or when its passwords are forgotten (ADR 30).
 */
export async function retryJob(database: Database, tenant: string, jobId: string): Promise<Job | undefined> {
  const applied = await applyHappening(database, { jobId, tenant }, { what: 'retried' });
  if (applied?.verdict !== 'ignored') return applied && viewJob(applied.job);
  const { job } = applied;
  const ended = job.status === 'failed' || job.status === 'cancelled';
  const reason =
    ended && hasForgotten(job)
      ? 'The passwords this job was sent with are no longer kept. Submit it again with them.'
      : `Only a failed or cancelled job can be retried; this one is ${job.status}.`;
  throw new AppError('conflict', reason);
}
