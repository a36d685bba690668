import { expireLeases } from './expire-leases.ts';
import type { Orchestrator } from './orchestrator.ts';
import { type Loop, repeat } from './repeat.ts';
import { runAlone } from './run-alone.ts';

/**
 * Expires leases, but trusts silence only after it has listened for one running lease: while the broker, the ledger or
 * this process was away nobody could be heard, and sending everything out anew would double the work of live workers.
 */
export function watchLeases(orchestrator: Orchestrator, onLost: () => void): Loop {
  const { config, bus, database, log } = orchestrator;
  const listenFirst = () => Date.now() + config.leases.runningMs;
  let trustFrom = listenFirst();
  const watch = async () => {
    if (!bus.health().ok) trustFrom = listenFirst();
    if (Date.now() < trustFrom) return;
    try {
      await runAlone(database, 'leases', async () => {
        if ((await expireLeases(orchestrator)) > 0) onLost();
      });
    } catch (error) {
      trustFrom = listenFirst();
      throw error;
    }
  };
  return repeat(watch, { name: 'leases', everyMs: config.watchEveryMs, log });
}
