import type { Queryable } from './database.ts';

export interface Backlog {
  readonly tenantOpenSteps: number;
  readonly farmOpenSteps: number;
  /** Steps of the whole farm that ended, averaged over the last minute. */
  readonly finishedPerSecond: number;
  /** How long the oldest due step has waited for the relay; 0 when none waits. */
  readonly oldestUndispatchedSeconds: number;
}

export async function readBacklog(_db: Queryable, _tenant: string): Promise<Backlog> {
  throw new Error('not yet');
}
