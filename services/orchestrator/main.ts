import { openDatabase } from '../../shared/ledger/database.ts';
import { migrateWhenReachable } from '../../shared/ledger/migrate-when-reachable.ts';
import { runProgram } from '../../shared/lifecycle.ts';
import { createLog } from '../../shared/log.ts';
import { openBus } from '../../shared/queue/open-bus.ts';
import { farmTopology } from '../../shared/queue/topology.ts';
import { serveHealth } from '../../shared/serve-health.ts';
import { openStore } from '../../shared/store/open-store.ts';
import { kindNames } from '../../workers/catalog.ts';
import { readOrchestratorProcessConfig } from './config.ts';
import { startOrchestrator } from './start-orchestrator.ts';

await runProgram(process, async () => {
  const config = readOrchestratorProcessConfig(process.env);
  const log = createLog('orchestrator', config.logLevel);
  const database = openDatabase(config.databaseUrl, { maxConnections: config.concurrency + 8 });
  await migrateWhenReachable(database, log);
  const topology = farmTopology(kindNames, config.leases.retryDelaysMs);
  const bus = await openBus({ urls: config.brokerUrls, topology, log, name: 'orchestrator' });
  const { storeUrl: url } = config;
  const store = url === undefined ? undefined : await openStore({ url, environment: process.env, log });
  const orchestrator = await startOrchestrator(config, { database, bus, store, log });
  const { healthPort } = config;
  const health = healthPort === undefined ? undefined : await serveHealth(orchestrator, '0.0.0.0', healthPort);
  return {
    close: async () => {
      await orchestrator.close();
      await health?.close();
      await bus.close();
      await store?.close();
      await database.close();
    },
  };
});
