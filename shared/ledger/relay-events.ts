import type { RelayDeps } from './relay-dispatches.ts';

/** Publishes the events that were not yet published to `farm.events`; how many. */
export async function relayEvents(_deps: RelayDeps): Promise<number> {
  throw new Error('not yet');
}
