import type { FarmEvent } from '../messages/event.ts';
import type { Queryable } from './database.ts';

/** The events of a job with a sequence above `afterSequence`, oldest first; empty for an unknown job. */
export async function readEvents(
  db: Queryable,
  tenant: string,
  jobId: string,
  afterSequence: number,
): Promise<readonly FarmEvent[]> {
  const events = await db.query<{ body: FarmEvent }>(
    'select body from events where job_id = $2 and tenant = $1 and sequence > $3 order by sequence',
    [tenant, jobId, afterSequence],
  );
  return events.rows.map((row) => row.body);
}
