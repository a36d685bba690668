import type { Database } from '../../shared/ledger/database.ts';
import { type JobAtSequence, readJob } from '../../shared/ledger/read-job.ts';
import { terminalJobStatuses } from '../../shared/messages/job.ts';
import type { JobWatch } from './watch-jobs.ts';

interface WaitDeps {
  readonly database: Database;
  readonly watch: JobWatch;
}

/** The job once it has ended, or as it is after `waitMs`, or when the signal aborts. Undefined when there is none. */
export async function awaitJob(
  deps: WaitDeps,
  tenant: string,
  jobId: string,
  waitMs: number,
  signal: AbortSignal,
): Promise<JobAtSequence | undefined> {
  if (waitMs <= 0) return await readJob(deps.database, tenant, jobId);
  const deadline = performance.now() + waitMs;
  const subscription = deps.watch.subscribe(jobId);
  try {
    for (;;) {
      const found = await readJob(deps.database, tenant, jobId);
      const leftMs = deadline - performance.now();
      if (!found || terminalJobStatuses.includes(found.job.status) || leftMs <= 0 || signal.aborted) return found;
      await subscription.next(leftMs, signal);
    }
  } finally {
    subscription.close();
  }
}
