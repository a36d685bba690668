import { eventRoutingKey, type FarmEvent } from '../messages/event.ts';
import type { OutgoingMessage } from '../queue/bus.ts';
import { exchanges } from '../queue/topology.ts';
import { publishAll } from './publish-all.ts';
import type { RelayDeps } from './relay-dispatches.ts';

const batch = 200;

interface UnpublishedEvent {
  readonly id: string;
  readonly tenant: string;
  readonly body: FarmEvent;
}

/**
 * Publishes events that were not yet published to `farm.events`; how many. At least once: listeners tell repeats by the
 * event's id and order by its sequence. While the broker is away they wait.
 */
export async function relayEvents(deps: RelayDeps): Promise<number> {
  let total = 0;
  while (deps.bus.health().ok) {
    const { claimed, handed } = await relayBatch(deps);
    total += handed;
    if (claimed < batch || handed < claimed) break;
  }
  return total;
}

async function relayBatch(deps: RelayDeps) {
  return await deps.database.transaction(async (client) => {
    const events = await client.query<UnpublishedEvent>(
      `select id, tenant, body from events where published_at is null
       order by created_at, job_id, sequence limit $1 for update skip locked`,
      [batch],
    );
    const { handed, failed, failure } = await publishAll(deps.bus, events.rows, messageOfEvent);
    if (failed > 0) deps.log.warn({ err: failure, failed, handed: handed.length }, 'events.refused');
    if (handed.length > 0) {
      await client.query('update events set published_at = clock_timestamp() where id = any($1)', [
        handed.map((event) => event.id),
      ]);
    }
    return { claimed: events.rows.length, handed: handed.length };
  });
}

function messageOfEvent({ id, tenant, body }: UnpublishedEvent): OutgoingMessage {
  return { exchange: exchanges.events, routingKey: eventRoutingKey(tenant, body.type), body, messageId: id };
}
