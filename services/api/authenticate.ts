import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { type ApiKey, findApiKey, touchApiKey } from '../../shared/ledger/api-keys.ts';
import type { Database } from '../../shared/ledger/database.ts';
import { isMistyped } from './api-key-format.ts';

/** Who sent a request. */
export interface Caller {
  readonly tenant: string;
  readonly keyId: string;
}

/** From the value of the Authorization header. @throws AppError `unauthorized`. */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

/** A key that was good stays good for ten seconds without asking the ledger. */
const cacheMs = 10_000;
const maxCached = 1000;

/** Keys are found by their SHA-256, so neither the index nor the cache compares secrets byte by byte. */
export function authenticateWith(deps: { database: Database }, now = Date.now): Authenticate {
  const cache = new Map<string, { readonly key: ApiKey; readonly untilMs: number }>();
  return async (authorization) => {
    const secret = readSecret(authorization);
    const digest = createHash('sha256').update(secret).digest('base64');
    const cached = cache.get(digest);
    if (cached && cached.untilMs > now()) return { tenant: cached.key.tenant, keyId: cached.key.id };
    cache.delete(digest);
    const key = isMistyped(secret) ? undefined : await findApiKey(deps.database, secret);
    if (!key) throw new AppError('unauthorized', 'This API key is not known; check it for missing characters.');
    if (cache.size >= maxCached) cache.clear();
    cache.set(digest, { key, untilMs: now() + cacheMs });
    // Only for the operator's eyes: a failure must not refuse the request.
    touchApiKey(deps.database, key.id).catch(() => undefined);
    return { tenant: key.tenant, keyId: key.id };
  };
}

function readSecret(authorization: string | undefined): string {
  const secret = /^Bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1];
  if (secret !== undefined) return secret;
  throw new AppError('unauthorized', 'Expected the header Authorization: Bearer <API key>.');
}
