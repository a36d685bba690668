import { randomBytes } from 'node:crypto';
import type { Queryable } from './database.ts';

/** The account secret that signs a job's own `webhook.url`. */
export interface TenantSecret {
  readonly secret: string;
  /** The one before it, as long as it signs too. */
  readonly previousSecret: string | null;
  readonly previousSecretUntil: string | null;
}

interface TenantRow {
  secret: string;
  previous: string | null;
  until: Date | null;
}

/** Standard Webhooks 1.0 asks for 24–64 random bytes, shown as `whsec_` and base64. */
const secretBytes = 32;

const columns = `tenants.webhook_secret as secret,
  case when tenants.previous_webhook_secret_until > now() then tenants.previous_webhook_secret end as previous,
  case when tenants.previous_webhook_secret_until > now() then tenants.previous_webhook_secret_until end as until`;

export function newWebhookSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString('base64')}`;
}

/** Made on first use. Two first uses at once get the same one. */
export async function readTenantSecret(db: Queryable, tenant: string): Promise<TenantSecret> {
  const known = await db.query<TenantRow>(`select ${columns} from tenants where tenant = $1`, [tenant]);
  if (known.rows[0]) return toSecret(known.rows[0]);
  const made = await db.query<TenantRow>(
    `insert into tenants (tenant, webhook_secret) values ($1, $2)
     on conflict (tenant) do update set webhook_secret = tenants.webhook_secret
     returning ${columns}`,
    [tenant, newWebhookSecret()],
  );
  return toSecret(made.rows[0] as TenantRow);
}

/** A new one; the present one signs as well for `overlapHours`. One that was still signing beside it stops. */
export async function rotateTenantSecret(db: Queryable, tenant: string, overlapHours: number): Promise<TenantSecret> {
  const rotated = await db.query<TenantRow>(
    `insert into tenants (tenant, webhook_secret) values ($1, $2)
     on conflict (tenant) do update set webhook_secret = excluded.webhook_secret,
       previous_webhook_secret = case when $3::int > 0 then tenants.webhook_secret end,
       previous_webhook_secret_until = case when $3::int > 0 then now() + make_interval(hours => $3::int) end
     returning ${columns}`,
    [tenant, newWebhookSecret(), overlapHours],
  );
  return toSecret(rotated.rows[0] as TenantRow);
}

/** Secrets of tenants and of endpoints that sign nothing any more. */
export async function forgetPreviousSecrets(db: Queryable): Promise<void> {
  await db.query(
    `update tenants set previous_webhook_secret = null, previous_webhook_secret_until = null
     where previous_webhook_secret_until <= now()`,
  );
  await db.query(
    `update webhook_endpoints set previous_secret = null, previous_secret_until = null
     where previous_secret_until <= now()`,
  );
}

function toSecret({ secret, previous, until }: TenantRow): TenantSecret {
  return { secret, previousSecret: previous, previousSecretUntil: until?.toISOString() ?? null };
}
