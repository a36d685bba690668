import pMap from 'p-map';
import type { Database } from '../../shared/ledger/database.ts';
import { jobPrefix } from '../../shared/store/keys.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';

interface OldJob {
  readonly id: string;
  readonly tenant: string;
}

/** Jobs per transaction: their rows stay locked while their objects are deleted. */
const batch = 20;
const jobsAtOnce = 4;
const keysAtOnce = 1000;

/**
 * Deletes jobs that finished more than `days` ago and all they stored, failed tries included. The rows are locked first, so that
 * nobody can retry a job whose outputs are going, and go last, so that a crash leaves a row that is found again. A job whose
 * outputs an unfinished job reads waits for that.
 */
export async function deleteOldJobs(database: Database, store: ObjectStore, days: number): Promise<void> {
  while ((await deleteBatch(database, store, days)) === batch);
}

async function deleteBatch(database: Database, store: ObjectStore, days: number): Promise<number> {
  return await database.transaction(async (client) => {
    const { rows } = await client.query<OldJob>(
      `select id, tenant from jobs old where finished_at < now() - $1 * interval '1 day'
         and not exists (select 1 from jobs reader, json_each(reader.inputs) input
           where reader.tenant = old.tenant and reader.finished_at is null
             and starts_with(input.value -> 'source' ->> 'key', 'outputs/' || old.tenant || '/' || old.id || '/'))
       order by finished_at limit ${batch} for update of old skip locked`,
      [days],
    );
    await pMap(rows, (job) => deleteObjects(store, jobPrefix(job)), { concurrency: jobsAtOnce });
    await client.query('delete from jobs where id = any($1)', [rows.map(({ id }) => id)]);
    return rows.length;
  });
}

async function deleteObjects(store: ObjectStore, prefix: string): Promise<void> {
  let keys: string[] = [];
  for await (const { key } of store.list(prefix)) {
    keys.push(key);
    if (keys.length < keysAtOnce) continue;
    await store.delete(keys);
    keys = [];
  }
  await store.delete(keys);
}
