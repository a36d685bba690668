import type { Database } from '../../shared/ledger/database.ts';

/** What only one orchestrator may do at a time; the numbers only have to differ. */
export const duties = { leases: 7_423_011, epoch: 7_423_012, clean: 7_423_013 } as const;

/** Runs `work` unless another orchestrator is at the same duty; an advisory lock falls with the connection that holds it. */
export async function runAlone(
  database: Database,
  duty: keyof typeof duties,
  work: () => Promise<void>,
): Promise<void> {
  await database.transaction(async (client) => {
    const lock = await client.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [duties[duty]]);
    if (lock.rows[0]?.mine) await work();
  });
}
