import type { Database } from '../../shared/ledger/database.ts';
import type { Log } from '../../shared/log.ts';
import type { Health, Part } from '../../shared/part.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { ApiConfig } from './config.ts';

/** Which kinds this farm can run, and why not the others. A kind that is absent counts as available. */
export type KindAvailability = ReadonlyMap<string, { available: true } | { available: false; reason: string }>;

export interface ApiDeps {
  readonly database: Database;
  readonly bus: Bus;
  readonly store: ObjectStore;
  readonly log: Log;
  readonly kinds: KindAvailability;
  /** The health of parts that run in the same process (embedded), shown on `/readyz` with our own. */
  readonly neighbours?: () => Promise<readonly Health[]>;
}

export async function startApi(_config: ApiConfig, _deps: ApiDeps): Promise<Part & { readonly address: string }> {
  throw new Error('under construction');
}
