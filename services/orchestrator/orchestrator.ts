import type { Database } from '../../shared/ledger/database.ts';
import type { Log } from '../../shared/log.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { OrchestratorConfig } from './config.ts';

/** What every duty of the orchestrator works with. */
export interface Orchestrator {
  readonly config: OrchestratorConfig;
  readonly database: Database;
  readonly bus: Bus;
  /** Where jobs past their time have their objects; without one nothing is deleted but rows of the ledger. */
  readonly store?: ObjectStore | undefined;
  readonly log: Log;
}
