import { join } from 'node:path';
import { type Database, openDatabase } from '../../shared/ledger/database.ts';
import { migrateWhenReachable } from '../../shared/ledger/migrate-when-reachable.ts';
import type { Log } from '../../shared/log.ts';
import { openBus } from '../../shared/queue/open-bus.ts';
import { farmTopology } from '../../shared/queue/topology.ts';
import { openStore } from '../../shared/store/open-store.ts';
import { kindNames } from '../../workers/catalog.ts';
import type { KindAvailability } from '../api/kind-availability.ts';
import { prepareFirstKey } from '../api/prepare-first-key.ts';
import { startApi } from '../api/start-api.ts';
import { startNotifier } from '../notifier/start-notifier.ts';
import { startOrchestrator } from '../orchestrator/start-orchestrator.ts';
import type { FarmConfig } from './config.ts';
import { startPostgres } from './start-postgres.ts';
import { startWorkers } from './start-workers.ts';

export interface Farm {
  readonly address: string;
  /** Whether the first key was made just now, in `<data dir>/api-key`. */
  readonly madeKey: boolean;
  close(): Promise<void>;
}

/** Every part in one process. What was opened is closed in the opposite order, also when a later part fails to start. */
export async function startFarm(config: FarmConfig, kinds: KindAvailability, log: Log): Promise<Farm> {
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (let next = opened.pop(); next !== undefined; next = opened.pop()) await next();
  };
  try {
    return { ...(await openParts(config, kinds, log, (part) => opened.push(() => part.close()))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Own = (part: { close(): Promise<void> }) => void;

async function openParts(config: FarmConfig, kinds: KindAvailability, log: Log, own: Own) {
  const database = await openLedger(config, log, own);
  const madeKey = await prepareFirstKey({ database }, config.apiKey, join(config.dataDir, 'api-key'));
  const store = await openStore({ url: config.storeUrl, environment: config.environment, log });
  own(store);
  const topology = farmTopology(kindNames, config.retryDelaysMs);
  const bus = await openBus({ urls: config.brokerUrls, topology, log, name: 'farm' });
  own(bus);
  const orchestrator = await startOrchestrator(config.orchestrator, {
    database,
    bus,
    store,
    log: log.child({ part: 'orchestrator' }),
  });
  own(orchestrator);
  const notifier = await startNotifier(config.notifier, { database, log: log.child({ part: 'notifier' }) });
  own(notifier);
  const runnable = kindNames.filter((kind) => kinds.get(kind)?.available !== false);
  const workers = await startWorkers(config, { bus, store, log: log.child({ part: 'worker' }), kinds: runnable });
  own(workers);
  const parts = [orchestrator, notifier, workers];
  const shared = ['ledger', 'broker', 'store'];
  const neighbours = async () =>
    (await Promise.all(parts.map((part) => part.health()))).flat().filter((check) => !shared.includes(check.name));
  const api = await startApi(config.api, { database, bus, store, log: log.child({ part: 'api' }), kinds, neighbours });
  own(api);
  return { address: api.address, madeKey };
}

async function openLedger(config: FarmConfig, log: Log, own: Own): Promise<Database> {
  let url = config.databaseUrl;
  if (url === undefined) {
    const postgres = await startPostgres({ dataDir: join(config.dataDir, 'postgres'), log });
    own(postgres);
    url = postgres.url;
  }
  const database = openDatabase(url, { maxConnections: 20 });
  own(database);
  await migrateWhenReachable(database, log);
  return database;
}
