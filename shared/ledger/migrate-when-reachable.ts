import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';

const retryEveryMs = 1000;

/** Runs the migrations, waiting for PostgreSQL as long as it takes: parts may start in any order. */
export async function migrateWhenReachable(database: Database, log: Log): Promise<void> {
  for (let waited = 0; ; waited += 1) {
    try {
      const ran = await migrate(database);
      if (ran.length > 0) log.info({ migrations: ran }, 'ledger.migrated');
      return;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'ledger_unavailable') throw error;
      if (waited % 10 === 0) log.warn({ err: error.cause }, 'ledger.awaited');
      await wait(retryEveryMs);
    }
  }
}
