import { createHash, timingSafeEqual } from 'node:crypto';
import { newId } from '../messages/ids.ts';
import type { Queryable } from './database.ts';

/** A key without its secret, which the ledger never holds: only its SHA-256 (the secrets are random, so no slow hash is needed). */
export interface ApiKey {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
}

export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

export async function findApiKey(db: Queryable, secret: string): Promise<ApiKey | undefined> {
  const hash = hashSecret(secret);
  const found = await db.query<ApiKey & { secret_hash: Buffer }>(
    'select id, tenant, name, secret_hash from api_keys where secret_hash = $1',
    [hash],
  );
  const row = found.rows[0];
  if (!row || !timingSafeEqual(row.secret_hash, hash)) return undefined;
  return { id: row.id, tenant: row.tenant, name: row.name };
}

/** Idempotent: a secret that is known already keeps its row. Answers whether a row was made. */
export async function createApiKey(
  db: Queryable,
  key: { readonly tenant: string; readonly name: string; readonly secret: string },
): Promise<boolean> {
  const inserted = await db.query(
    'insert into api_keys (id, tenant, name, secret_hash) values ($1, $2, $3, $4) on conflict (secret_hash) do nothing',
    [newId('key'), key.tenant, key.name, hashSecret(key.secret)],
  );
  return inserted.rowCount === 1;
}

/** At most once a minute per key, so a busy key does not rewrite its row with every request. */
export async function touchApiKey(db: Queryable, id: string): Promise<void> {
  await db.query(
    `update api_keys set last_used_at = now()
     where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')`,
    [id],
  );
}
