import type { Queryable } from '../../shared/ledger/database.ts';
import type { Retention } from './config.ts';

/** Rows per statement: short locks, and a first clean-up of years does not fill the log in one transaction. */
const batch = 1000;

/** Deletes what is past its time. Outputs in the store are not touched: deleting them is the store's lifecycle rule's work. */
export async function cleanLedger(db: Queryable, retention: Retention): Promise<void> {
  const { jobsDays, deliveriesDays, idempotencyHours } = retention;
  if (jobsDays !== undefined) await deleteOld(db, 'jobs', 'finished_at', jobsDays * 24);
  await deleteOld(db, 'deliveries', 'finished_at', deliveriesDays * 24);
  await deleteOld(db, 'dead_letters', 'received_at', deliveriesDays * 24);
  await deleteOld(db, 'idempotency_keys', 'created_at', idempotencyHours);
}

async function deleteOld(db: Queryable, table: string, moment: string, hours: number): Promise<void> {
  for (;;) {
    const deleted = await db.query(
      `delete from ${table} where ctid = any(array(
         select ctid from ${table} where ${moment} < now() - $1 * interval '1 hour' limit ${batch}))`,
      [hours],
    );
    if ((deleted.rowCount ?? 0) < batch) return;
  }
}
