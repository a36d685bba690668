import { AppError } from '../errors.ts';
import type { Job } from '../messages/job.ts';
import { applyHappening } from './apply-happening.ts';
import type { Database } from './database.ts';
import { viewJob } from './job-view.ts';

/**
 * Opens the failed, cancelled and skipped steps of a job again, announced by a second `job.accepted`. undefined: no such
 * job. @throws AppError `conflict` unless the job failed or was cancelled, or when its passwords are forgotten (ADR 30).
 */
export async function retryJob(database: Database, tenant: string, jobId: string): Promise<Job | undefined> {
  if (await hasForgotten(database, tenant, jobId)) {
    throw new AppError(
      'conflict',
      'The passwords this job was sent with are no longer kept. Submit it again with them.',
    );
  }
  const applied = await applyHappening(database, { jobId, tenant }, { what: 'retried' });
  if (applied?.verdict === 'ignored') {
    throw new AppError('conflict', `Only a failed or cancelled job can be retried; this one is ${applied.job.status}.`);
  }
  return applied && viewJob(applied.job);
}

/** Whether a step that would run again has lost its passwords. */
async function hasForgotten(database: Database, tenant: string, jobId: string): Promise<boolean> {
  const { rowCount } = await database.query(
    `select 1 from steps
     where job_id = $1 and tenant = $2 and secrets = 'forgotten' and status in ('failed', 'cancelled', 'skipped')`,
    [jobId, tenant],
  );
  return (rowCount ?? 0) > 0;
}
