import type { Database } from '../../shared/ledger/database.ts';
import type { Log } from '../../shared/log.ts';
import type { Part } from '../../shared/part.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import type { OrchestratorConfig } from './config.ts';

export interface OrchestratorDeps {
  readonly database: Database;
  readonly bus: Bus;
  readonly log: Log;
}

export async function startOrchestrator(_config: OrchestratorConfig, _deps: OrchestratorDeps): Promise<Part> {
  throw new Error('not yet');
}
