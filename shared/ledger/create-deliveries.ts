import { type EventType, type FarmEvent, terminalEventTypes } from '../messages/event.ts';
import { newId } from '../messages/ids.ts';
import type { WebhookRequest } from '../messages/job.ts';
import type { Queryable } from './database.ts';
import { deliveryPayload } from './delivery-payload.ts';

interface EventOf<JobId> {
  readonly tenant: string;
  readonly jobId: JobId;
  readonly event: FarmEvent;
  readonly traceparent: string;
}

interface EventToDeliver extends EventOf<string> {
  /** The job's own webhook; its events default to the three terminal ones. */
  readonly webhook: WebhookRequest | null;
}

interface Target {
  readonly id: string;
  readonly endpointId: string | null;
  readonly url: string;
}

/**
 * Writes one delivery for the job's own webhook and one for every enabled endpoint of the tenant that wants this event,
 * due at once. Call it in the transaction that writes the event: then neither exists without the other (design §4).
 */
export async function createDeliveries(client: Queryable, delivery: EventToDeliver): Promise<void> {
  const { tenant, event, webhook } = delivery;
  const endpoints = await client.query<{ id: string; url: string }>(
    `select id, url from webhook_endpoints where tenant = $1 and disabled_at is null and events && $2`,
    [tenant, [event.type, familyOf(event.type)]],
  );
  const targets: Target[] = endpoints.rows.map(({ id, url }) => ({ id: newId('dlv'), endpointId: id, url }));
  if (webhook && wantsEvent(webhook, event.type)) {
    targets.push({ id: newId('dlv'), endpointId: null, url: normalise(webhook.url) });
  }
  if (targets.length > 0) await insertDeliveries(client, delivery, targets);
}

/** Sends one event of no job to one endpoint, whatever events that wants. @returns the id of the delivery */
export async function createTestDelivery(
  client: Queryable,
  test: Omit<EventOf<null>, 'jobId'>,
  endpoint: { readonly id: string; readonly url: string },
): Promise<string> {
  const target = { id: newId('dlv'), endpointId: endpoint.id, url: endpoint.url };
  await insertDeliveries(client, { ...test, jobId: null }, [target]);
  return target.id;
}

async function insertDeliveries(
  client: Queryable,
  delivery: EventOf<string | null>,
  targets: readonly Target[],
): Promise<void> {
  const { tenant, event } = delivery;
  await client.query(
    `insert into deliveries
       (id, tenant, event_id, job_id, endpoint_id, url, event_type, payload, traceparent, status, next_attempt_at)
     select target.id, $3, $4, $5, target.endpoint_id, target.url, $6, $7, $8, 'pending', now()
     from unnest($1::text[], $2::text[], $9::text[]) as target (id, endpoint_id, url)`,
    [
      targets.map((target) => target.id),
      targets.map((target) => target.endpointId),
      tenant,
      event.id,
      delivery.jobId,
      event.type,
      deliveryPayload(event),
      delivery.traceparent,
      targets.map((target) => target.url),
    ],
  );
}

export function wantsEvent(webhook: WebhookRequest, type: EventType): boolean {
  const wanted: readonly string[] = webhook.events ?? terminalEventTypes;
  return wanted.includes(type) || wanted.includes(familyOf(type));
}

function familyOf(type: EventType): string {
  return `${type.split('.')[0]}.*`;
}

/** One spelling per origin, because deliveries share a lane by origin. A URL that cannot be parsed fails when it is sent, not here. */
function normalise(url: string): string {
  return URL.canParse(url) ? new URL(url).href : url;
}
