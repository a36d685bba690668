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
}

interface EndpointRow {
  id: string;
  url: string;
  events: string[];
  secret: string;
  created_at: Date;
  disabled_at: Date | null;
  disabled_reason: string | null;
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

/** Its deliveries go with it, also those still waiting. True when it was there. */
export async function deleteEndpoint(db: Queryable, tenant: string, id: string): Promise<boolean> {
  const deleted = await db.query('delete from webhook_endpoints where tenant = $1 and id = $2', [tenant, id]);
  return deleted.rowCount === 1;
}

function toEndpoint(row: EndpointRow): WebhookEndpoint {
  return {
    id: row.id,
    url: row.url,
    events: row.events,
    createdAt: row.created_at.toISOString(),
    disabledAt: row.disabled_at?.toISOString() ?? null,
    disabledReason: row.disabled_reason,
  };
}
