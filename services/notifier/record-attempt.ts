import type { Database, Queryable } from '../../shared/ledger/database.ts';
import type { Attempt, ClaimedDelivery } from './attempt.ts';
import type { Verdict } from './next-attempt.ts';

/**
 * Writes an attempt and what follows from it. Does nothing when the delivery was claimed anew meanwhile (its attempts have
 * risen) or its endpoint was deleted. A 410 disables the endpoint and cancels what else waits for it.
 */
export async function recordAttempt(
  database: Database,
  delivery: ClaimedDelivery,
  attempt: Attempt,
  verdict: Verdict,
): Promise<void> {
  await database.transaction(async (client) => {
    // The endpoint's row is locked before any delivery's, or two 410s at once would wait for each other.
    if (verdict.status === 'cancelled' && delivery.endpointId !== null) {
      await disableEndpoint(client, delivery.endpointId, verdict.reason);
    }
    await writeAttempt(client, delivery, attempt, verdict);
  });
}

/** A delivery that was cancelled while it was being sent stays so, unless it arrived after all. */
async function writeAttempt(
  client: Queryable,
  delivery: ClaimedDelivery,
  attempt: Attempt,
  verdict: Verdict,
): Promise<void> {
  await client.query(
    `with settled as (
       update deliveries set lease_until = null,
         status = case when status = 'cancelled' and $3 = 'pending' then status else $3 end,
         next_attempt_at = case when $3 = 'pending' and status = 'pending' then now() + $4::int8 * interval '1 millisecond' end,
         finished_at = case when $3 = 'pending' and status = 'pending' then null else now() end
       where id = $1 and attempts = $2 returning id
     )
     insert into delivery_attempts (delivery_id, number, started_at, duration_ms, status_code, error, response_excerpt)
     select id, $2, $5, $6, $7, $8, $9 from settled
     on conflict do nothing`,
    [
      delivery.id,
      delivery.attempt,
      verdict.status,
      verdict.status === 'pending' ? verdict.delayMs : null,
      attempt.startedAt,
      attempt.durationMs,
      attempt.statusCode,
      attempt.error,
      attempt.responseExcerpt,
    ],
  );
}

async function disableEndpoint(client: Queryable, endpointId: string, reason: string): Promise<void> {
  await client.query(
    'update webhook_endpoints set disabled_at = now(), disabled_reason = $2 where id = $1 and disabled_at is null',
    [endpointId, reason],
  );
  await client.query(
    `update deliveries set status = 'cancelled', next_attempt_at = null, finished_at = now()
     where endpoint_id = $1 and status = 'pending'`,
    [endpointId],
  );
}
