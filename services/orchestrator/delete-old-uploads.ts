import { AppError } from '../../shared/errors.ts';
import type { Database } from '../../shared/ledger/database.ts';
import { deleteUpload } from '../../shared/ledger/uploads.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';

interface OldUpload {
  readonly id: string;
  readonly tenant: string;
  readonly deleted: boolean;
  readonly key: string;
}

const batch = 500;

/**
 * Deletes uploads that came more than `days` ago and that no unfinished job uses. The row is marked first, so that no new job
 * takes the upload, and goes last: of those that are marked and whose object may be left (a crash in between, a store that was
 * away), the object is deleted once more.
 */
export async function deleteOldUploads(database: Database, store: ObjectStore, days: number): Promise<void> {
  for (let after = ''; ; ) {
    const { rows } = await database.query<OldUpload>(
      `select id, tenant, object_key as key, deleted_at is not null as deleted from uploads
       where created_at < now() - $1 * interval '1 day' and id > $2 order by id limit ${batch}`,
      [days, after],
    );
    for (const upload of rows) await deleteOne(database, store, upload);
    after = rows.at(-1)?.id ?? '';
    if (rows.length < batch) return;
  }
}

async function deleteOne(
  database: Database,
  store: ObjectStore,
  { id, tenant, deleted, key }: OldUpload,
): Promise<void> {
  if (!deleted && !(await markDeleted(database, tenant, id))) return;
  await store.delete([key]);
  await database.query('delete from uploads where id = $1 and deleted_at is not null', [id]);
}

/** False while an unfinished job uses it. */
async function markDeleted(database: Database, tenant: string, id: string): Promise<boolean> {
  try {
    return (await deleteUpload(database, tenant, id)) !== undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return false;
    throw error;
  }
}
