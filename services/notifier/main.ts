import { openDatabase } from '../../shared/ledger/database.ts';
import { migrateWhenReachable } from '../../shared/ledger/migrate-when-reachable.ts';
import { runProgram } from '../../shared/lifecycle.ts';
import { createLog } from '../../shared/log.ts';
import { serveHealth } from '../../shared/serve-health.ts';
import { readNotifierProcessConfig } from './config.ts';
import { startNotifier } from './start-notifier.ts';

await runProgram(process, async () => {
  const config = readNotifierProcessConfig(process.env);
  const log = createLog('notifier', config.logLevel);
  const database = openDatabase(config.databaseUrl);
  await migrateWhenReachable(database, log);
  const notifier = await startNotifier(config, { database, log });
  const health =
    config.healthPort === undefined ? undefined : await serveHealth(notifier, '0.0.0.0', config.healthPort);
  return {
    close: async () => {
      await notifier.close();
      await health?.close();
      await database.close();
    },
  };
});
