import type { Job } from '../messages/job.ts';
import type { Database } from './database.ts';

/** Opens the failed, cancelled and skipped steps of a job again. @throws AppError `conflict` unless the job failed or was cancelled. */
export async function retryJob(_database: Database, _tenant: string, _jobId: string): Promise<Job | undefined> {
  throw new Error('not yet');
}
