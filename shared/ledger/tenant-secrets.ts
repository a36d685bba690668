import { randomBytes } from 'node:crypto';
import type { Queryable } from './database.ts';

/** Standard Webhooks 1.0 asks for 24–64 random bytes, shown as `whsec_` and base64. */
const secretBytes = 32;

export function newWebhookSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString('base64')}`;
}

/** The account secret that signs a job's own `webhook.url`; made on first use. Two first uses at once get the same one. */
export async function readTenantSecret(db: Queryable, tenant: string): Promise<string> {
  const known = await db.query<{ webhook_secret: string }>('select webhook_secret from tenants where tenant = $1', [
    tenant,
  ]);
  if (known.rows[0]) return known.rows[0].webhook_secret;
  const made = await db.query<{ webhook_secret: string }>(
    `insert into tenants (tenant, webhook_secret) values ($1, $2)
     on conflict (tenant) do update set webhook_secret = tenants.webhook_secret
     returning webhook_secret`,
    [tenant, newWebhookSecret()],
  );
  return (made.rows[0] as { webhook_secret: string }).webhook_secret;
}
