/**
 * One row per (tenant, Idempotency-Key). It is claimed before the body is read, by a lease that the running request renews;
 * settled with the answer in the transaction that has the effect; released when there was no effect. A request that crashed
 * stops renewing, so its key is free again after one lease.
 *
 *   absent ──begin──► running ──finish──► finished ──24 h──► absent
 *                      │  └──release──► absent
 *                      └──lease ran out, begin──► running (new owner; the old one can no longer finish)
 */
import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { Queryable } from './database.ts';

export const leaseSeconds = 30;
const keptHours = 24;

export interface Claim {
  readonly tenant: string;
  readonly key: string;
  readonly owner: string;
}

/** The first answer, as it was sent. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Begun =
  | { readonly state: 'claimed'; readonly claim: Claim }
  | { readonly state: 'running' }
  | { readonly state: 'finished'; readonly route: string; readonly requestHash: string; readonly answer: KeptAnswer };

interface Row {
  route: string;
  request_hash: string;
  status: number | null;
  headers: Record<string, string> | null;
  body: string | null;
}

export async function beginIdempotent(
  db: Queryable,
  request: { readonly tenant: string; readonly key: string; readonly route: string },
): Promise<Begun> {
  const claim = { tenant: request.tenant, key: request.key, owner: randomUUID() };
  const claimed = await db.query(
    `insert into idempotency_keys as k (tenant, key, route, request_hash, owner, lease_until)
     values ($1, $2, $3, '', $4, now() + make_interval(secs => $5))
     on conflict (tenant, key) do update
       set route = excluded.route, request_hash = '', status = null, headers = null, body = null,
           owner = excluded.owner, lease_until = excluded.lease_until, created_at = now()
       where k.created_at < now() - make_interval(hours => $6) or (k.status is null and k.lease_until < now())`,
    [claim.tenant, claim.key, request.route, claim.owner, leaseSeconds, keptHours],
  );
  if (claimed.rowCount === 1) return { state: 'claimed', claim };
  const found = await db.query<Row>(
    'select route, request_hash, status, headers, body from idempotency_keys where tenant = $1 and key = $2',
    [claim.tenant, claim.key],
  );
  const row = found.rows[0];
  // No row: it was released between the two statements; the client may try again at once.
  if (!row || row.status === null) return { state: 'running' };
  const answer = { status: row.status, headers: row.headers ?? {}, body: row.body ?? '' };
  return { state: 'finished', route: row.route, requestHash: row.request_hash, answer };
}

export async function renewIdempotent(db: Queryable, claim: Claim): Promise<void> {
  await db.query(
    `update idempotency_keys set lease_until = now() + make_interval(secs => $4)
     where tenant = $1 and key = $2 and owner = $3 and status is null`,
    [claim.tenant, claim.key, claim.owner, leaseSeconds],
  );
}

/** In the transaction of the effect. @throws AppError `idempotency_in_progress` when another request has taken the key over. */
export async function finishIdempotent(
  client: Queryable,
  claim: Claim,
  requestHash: string,
  answer: KeptAnswer,
): Promise<void> {
  const finished = await client.query(
    `update idempotency_keys set request_hash = $4, status = $5, headers = $6, body = $7
     where tenant = $1 and key = $2 and owner = $3 and status is null`,
    [claim.tenant, claim.key, claim.owner, requestHash, answer.status, JSON.stringify(answer.headers), answer.body],
  );
  if (finished.rowCount === 1) return;
  throw new AppError('idempotency_in_progress', 'Another request took over this Idempotency-Key; ask for its answer.', {
    retryable: true,
    retryAfterSeconds: 1,
  });
}

/** The request had no effect: the key may be used again. */
export async function releaseIdempotent(db: Queryable, claim: Claim): Promise<void> {
  await db.query('delete from idempotency_keys where tenant = $1 and key = $2 and owner = $3 and status is null', [
    claim.tenant,
    claim.key,
    claim.owner,
  ]);
}

export async function forgetOldIdempotencyKeys(db: Queryable): Promise<void> {
  await db.query('delete from idempotency_keys where created_at < now() - make_interval(hours => $1)', [keptHours]);
}
