import type { FarmEvent } from '../messages/event.ts';
import type { Queryable } from './database.ts';

/** The events of a job with a sequence above `afterSequence`, oldest first; empty for an unknown job. */
export async function readEvents(
  _db: Queryable,
  _tenant: string,
  _jobId: string,
  _afterSequence: number,
): Promise<readonly FarmEvent[]> {
  throw new Error('not yet');
}
