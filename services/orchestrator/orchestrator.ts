import type { Database } from '../../shared/ledger/database.ts';
import type { Log } from '../../shared/log.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import type { OrchestratorConfig } from './config.ts';

/** What every duty of the orchestrator works with. */
export interface Orchestrator {
  readonly config: OrchestratorConfig;
  readonly database: Database;
  readonly bus: Bus;
  readonly log: Log;
}
