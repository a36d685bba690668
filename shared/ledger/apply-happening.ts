import { advanceJob } from './advance-job.ts';
import type { Database } from './database.ts';
import type { Happening, JobState } from './job-state.ts';
import type { LeasePolicy } from './lease-policy.ts';
import { lockJob } from './lock-job.ts';
import { partsConcerned } from './parts-at-hand.ts';
import { saveAdvance } from './save-advance.ts';

export interface Applied {
  readonly verdict: 'applied' | 'ignored';
  readonly job: JobState;
}

interface Address {
  readonly jobId: string;
  /** Given by callers that act for a tenant: a job of somebody else does not exist for them. */
  readonly tenant?: string;
}

/** One thing happens to one job, in one transaction: lock, load what it concerns, advance, write. undefined: no such job. */
export async function applyHappening(
  database: Database,
  { jobId, tenant }: Address,
  happening: Happening,
  policy?: LeasePolicy,
): Promise<Applied | undefined> {
  return await database.transaction(async (client) => {
    const locked = await lockJob(client, jobId, partsConcerned(happening));
    if (locked === undefined || (tenant !== undefined && locked.job.tenant !== tenant)) return undefined;
    const advance = advanceJob(locked.job, happening, locked.now, policy);
    if (advance.job === locked.job) return { verdict: 'ignored', job: locked.job };
    return { verdict: 'applied', job: await saveAdvance(client, locked, advance) };
  });
}
