import type { Database } from '../../shared/ledger/database.ts';
import { relayDispatches } from '../../shared/ledger/relay-dispatches.ts';
import { relayEvents } from '../../shared/ledger/relay-events.ts';
import type { Log } from '../../shared/log.ts';
import type { Bus } from '../../shared/queue/bus.ts';

export interface SoonRelay {
  /** Hands the due steps of these jobs to the broker, and their events, without making the caller wait. */
  relay(jobIds: readonly string[]): void;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** One run at a time; what is asked for meanwhile goes together in the next. What fails is left to the orchestrator. */
export function relaySoon(deps: { database: Database; bus: Bus; log: Log }): SoonRelay {
  const wanted = new Set<string>();
  let running: Promise<void> | undefined;
  let closed = false;
  const run = async () => {
    while (wanted.size > 0 && !closed) {
      const jobIds = [...wanted];
      wanted.clear();
      try {
        await relayDispatches(deps, jobIds);
        await relayEvents(deps);
      } catch (error) {
        deps.log.warn({ jobs: jobIds.length, err: error }, 'dispatch.left-to-orchestrator');
      }
    }
    running = undefined;
  };
  return {
    relay: (jobIds) => {
      for (const id of jobIds) wanted.add(id);
      if (!closed) running ??= run();
    },
    close: async () => {
      closed = true;
      await running;
    },
  };
}
