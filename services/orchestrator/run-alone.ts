import type { Database } from '../../shared/ledger/database.ts';

/** What only one orchestrator may do at a time; the numbers only have to differ. */
export const duties = { leases: 7_423_011, epoch: 7_423_012, clean: 7_423_013 } as const;

/**
 * Runs `work` unless another orchestrator is at the same duty (then undefined). The advisory lock belongs to a transaction,
 * so it falls with the connection that holds it.
 */
export async function runAlone<T>(
  database: Database,
  duty: keyof typeof duties,
  work: () => Promise<T>,
): Promise<T | undefined> {
  return await database.transaction(async (client) => {
    const lock = await client.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [duties[duty]]);
    return lock.rows[0]?.mine ? await work() : undefined;
  });
}
