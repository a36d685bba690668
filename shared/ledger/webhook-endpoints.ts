import { terminalEventTypes } from '../messages/event.ts';
import { newId } from '../messages/ids.ts';
import type { Queryable } from './database.ts';
import { newWebhookSecret } from './tenant-secrets.ts';

/** A standing address of a tenant that hears of every job; its secret is shown once, when it is made. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly createdAt: string;
  /** Set when the farm stopped sending, with the reason. */
  readonly disabledAt: string | null;
  readonly disabledReason: string | null;
  /** Every attempt has failed since then. */
  readonly failingSince: string | null;
  /** The secret before the present one signs as well until then. */
  readonly previousSecretUntil: string | null;
}

export interface EndpointRow {
  id: string;
  url: string;
  events: string[];
  secret: string;
  created_at: Date;
  disabled_at: Date | null;
  disabled_reason: string | null;
  failing_since: Date | null;
  previous_secret_until: Date | null;
}

/** Events default to the three terminal ones (contract §3). The URL must have passed `checkUrlShape`. */
export async function createEndpoint(
  db: Queryable,
  tenant: string,
  request: { readonly url: string; readonly events?: readonly string[] | undefined },
): Promise<WebhookEndpoint & { readonly secret: string }> {
  const made = await db.query<EndpointRow>(
    `insert into webhook_endpoints (id, tenant, url, events, secret) values ($1, $2, $3, $4, $5) returning *`,
    [
      newId('we'),
      tenant,
      new URL(request.url).href,
      [...new Set(request.events ?? terminalEventTypes)],
      newWebhookSecret(),
    ],
  );
  const row = made.rows[0] as EndpointRow;
  return { ...toEndpoint(row), secret: row.secret };
}

/** Newest first. */
export async function listEndpoints(db: Queryable, tenant: string): Promise<readonly WebhookEndpoint[]> {
  const found = await db.query<EndpointRow>('select * from webhook_endpoints where tenant = $1 order by id desc', [
    tenant,
  ]);
  return found.rows.map(toEndpoint);
}

export async function readEndpoint(db: Queryable, tenant: string, id: string): Promise<WebhookEndpoint | undefined> {
  const found = await db.query<EndpointRow>('select * from webhook_endpoints where tenant = $1 and id = $2', [
    tenant,
    id,
  ]);
  return found.rows[0] && toEndpoint(found.rows[0]);
}

/** A new secret; the present one signs as well for `overlapHours`. One that was still signing beside it stops. */
export async function rotateEndpointSecret(
  db: Queryable,
  tenant: string,
  id: string,
  overlapHours: number,
): Promise<(WebhookEndpoint & { readonly secret: string }) | undefined> {
  const rotated = await db.query<EndpointRow>(
    `update webhook_endpoints set secret = $3, previous_secret = case when $4::int > 0 then secret end,
       previous_secret_until = case when $4::int > 0 then now() + make_interval(hours => $4::int) end
     where tenant = $1 and id = $2 returning *`,
    [tenant, id, newWebhookSecret(), overlapHours],
  );
  const row = rotated.rows[0];
  return row && { ...toEndpoint(row), secret: row.secret };
}

/** Its deliveries go with it, also those still waiting. True when it was there. */
export async function deleteEndpoint(db: Queryable, tenant: string, id: string): Promise<boolean> {
  const deleted = await db.query('delete from webhook_endpoints where tenant = $1 and id = $2', [tenant, id]);
  return deleted.rowCount === 1;
}

export function toEndpoint(row: EndpointRow): WebhookEndpoint {
  const until = row.previous_secret_until;
  return {
    id: row.id,
    url: row.url,
    events: row.events,
    createdAt: row.created_at.toISOString(),
    disabledAt: row.disabled_at?.toISOString() ?? null,
    disabledReason: row.disabled_reason,
    failingSince: row.failing_since?.toISOString() ?? null,
    previousSecretUntil: until && until.getTime() > Date.now() ? until.toISOString() : null,
  };
}
