import type { Log } from '../log.ts';
import type { Bus } from '../queue/bus.ts';
import type { Database } from './database.ts';

export interface RelayDeps {
  readonly database: Database;
  readonly bus: Bus;
  readonly log: Log;
}

/** Hands due steps to the broker; the number handed over. With `jobIds` only steps of these jobs, and only past nobody who waits. */
export async function relayDispatches(_deps: RelayDeps, _jobIds?: readonly string[]): Promise<number> {
  throw new Error('not yet');
}
