import type { Database, Queryable } from '../../shared/ledger/database.ts';
import { forgetPreviousSecrets } from '../../shared/ledger/tenant-secrets.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { Retention } from './config.ts';
import { deleteOldJobs } from './delete-old-jobs.ts';
import { deleteOldUploads } from './delete-old-uploads.ts';

/** Rows per statement: short locks, and a first clean-up of years does not fill the log in one transaction. */
const batch = 1000;

/** Deletes what is past its time; of jobs and uploads also the bytes, which takes a store. */
export async function clean(database: Database, store: ObjectStore | undefined, retention: Retention): Promise<void> {
  const { jobsDays, uploadsDays, deliveriesDays, idempotencyHours } = retention;
  await deleteOld(database, 'deliveries', 'finished_at', deliveriesDays * 24);
  await deleteOld(database, 'dead_letters', 'received_at', deliveriesDays * 24);
  await deleteOld(database, 'idempotency_keys', 'created_at', idempotencyHours);
  await forgetPreviousSecrets(database);
  if (store === undefined) return;
  if (jobsDays !== undefined) await deleteOldJobs(database, store, jobsDays);
  if (uploadsDays !== undefined) await deleteOldUploads(database, store, uploadsDays);
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
