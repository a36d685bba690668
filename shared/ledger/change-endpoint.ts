import type { Queryable } from './database.ts';
import { disableEndpoint, switchedOffReason } from './disable-endpoint.ts';
import { type EndpointRow, toEndpoint, type WebhookEndpoint } from './webhook-endpoints.ts';

/** What is absent stays as it is. */
export interface EndpointChange {
  /** Must have passed `checkUrlShape`. */
  readonly url?: string | undefined;
  readonly events?: readonly string[] | undefined;
  readonly disabled?: boolean | undefined;
}

/**
 * Belongs in a transaction. What waits goes to the new address, at its planned time; other events count from now on, and
 * what waits is still sent. Switching off cancels what waits. A new address, and switching on, start the count of failures anew.
 */
export async function changeEndpoint(
  client: Queryable,
  tenant: string,
  id: string,
  change: EndpointChange,
): Promise<WebhookEndpoint | undefined> {
  const found = await client.query<EndpointRow>(
    'select * from webhook_endpoints where tenant = $1 and id = $2 for no key update',
    [tenant, id],
  );
  const before = found.rows[0];
  if (!before) return undefined;
  const url = change.url === undefined ? before.url : new URL(change.url).href;
  const moved = url !== before.url;
  const switchedOn = change.disabled === false && before.disabled_at !== null;
  if (change.disabled) await disableEndpoint(client, id, switchedOffReason);
  if (moved) {
    await client.query(`update deliveries set url = $2 where endpoint_id = $1 and status = 'pending'`, [id, url]);
  }
  const changed = await client.query<EndpointRow>(
    `update webhook_endpoints set url = $2, events = $3,
       disabled_at = case when $4 then null else disabled_at end,
       disabled_reason = case when $4 then null else disabled_reason end,
       failing_since = case when $5 then null else failing_since end,
       failed_attempts = case when $5 then 0 else failed_attempts end
     where id = $1 returning *`,
    [id, url, [...new Set(change.events ?? before.events)], switchedOn, switchedOn || moved],
  );
  return toEndpoint(changed.rows[0] as EndpointRow);
}
