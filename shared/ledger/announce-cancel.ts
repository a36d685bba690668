import type { Bus } from '../queue/bus.ts';
import type { Queryable } from './database.ts';

/** Tells every worker to stop what it runs of a cancelled job. Call it after `cancelJob`; a lost message costs only time. */
export async function announceCancel(_deps: { database: Queryable; bus: Bus }, _jobId: string): Promise<void> {
  throw new Error('not yet');
}
