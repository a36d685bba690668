import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Database } from './database.ts';

const folder = new URL('./migrations/', import.meta.url);
/** Any constant will do; it keeps two parts that start together from migrating at once. */
const lockId = 7_423_001;

/** Runs the numbered migrations that have not run yet, each in order, all in one transaction under an advisory lock. */
export async function migrate(database: Database): Promise<readonly string[]> {
  const files = (await readdir(fileURLToPath(folder))).filter((file) => /^\d{4}-.+\.sql$/.test(file)).sort();
  return await database.transaction(async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [lockId]);
    await client.query(
      'create table if not exists migrations (name text primary key, ran_at timestamptz not null default now())',
    );
    const ran = await client.query<{ name: string }>('select name from migrations');
    const done = new Set(ran.rows.map((row) => row.name));
    const pending = files.filter((file) => !done.has(file));
    for (const file of pending) {
      await client.query(await readFile(new URL(file, folder), 'utf8'));
      await client.query('insert into migrations (name) values ($1)', [file]);
    }
    return pending;
  });
}
