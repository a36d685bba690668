import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../../shared/ledger/database.ts';
import { migrateWhenReachable } from '../../shared/ledger/migrate-when-reachable.ts';
import { runProgram } from '../../shared/lifecycle.ts';
import { createLog } from '../../shared/log.ts';
import { openBus } from '../../shared/queue/open-bus.ts';
import { farmTopology } from '../../shared/queue/topology.ts';
import { openStore } from '../../shared/store/open-store.ts';
import { kindNames } from '../../workers/catalog.ts';
import { readApiProcessConfig } from './config.ts';
import { prepareFirstKey } from './prepare-first-key.ts';
import { startApi } from './start-api.ts';

await runProgram(process, async () => {
  const config = readApiProcessConfig(process.env);
  const log = createLog('api', config.logLevel);
  const database = openDatabase(config.databaseUrl, { maxConnections: 20 });
  await migrateWhenReachable(database, log);
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const file = join(config.dataDir, 'api-key');
  if (await prepareFirstKey({ database }, config.apiKey, file)) log.warn({ file }, 'api-key.made');
  const store = await openStore({ url: config.storeUrl, environment: process.env, log });
  const topology = farmTopology(kindNames, config.retryDelaysMs);
  const bus = await openBus({ urls: config.brokerUrls, topology, log, name: 'api' });
  // Which kinds run is known to the workers; alone, the api takes all of the catalog.
  const api = await startApi(config, { database, bus, store, log, kinds: new Map() });
  log.info({ address: api.address }, 'api.listening');
  return {
    close: async () => {
      await api.close();
      await Promise.all([bus.close(), store.close()]);
      await database.close();
      log.info('api.stopped');
    },
  };
});
