import type { Database, Queryable } from '../../shared/ledger/database.ts';
import type { Attempt, ClaimedDelivery } from './attempt.ts';
import { type Disabled, type Judgement, judgeEndpoint } from './judge-endpoint.ts';
import type { Verdict } from './next-attempt.ts';

export interface Recorded {
  /** What became of the delivery, also by what became of its endpoint. */
  readonly verdict: Verdict;
  /** Set when this attempt was the last for the whole endpoint. */
  readonly disabled: Disabled | undefined;
}

/**
 * Writes an attempt and what follows from it for the delivery and for its endpoint. The delivery stays as it is when it was
 * claimed anew meanwhile (its attempts have risen) or its endpoint was deleted.
 * @param disableAfterHours see `judgeEndpoint`
 */
export async function recordAttempt(
  database: Database,
  delivery: ClaimedDelivery,
  attempt: Attempt,
  verdict: Verdict,
  disableAfterHours: number,
): Promise<Recorded> {
  return await database.transaction(async (client) => {
    const judgement = await judgeEndpoint(client, delivery, verdict, disableAfterHours);
    const settled = settle(verdict, judgement);
    await writeAttempt(client, delivery, attempt, settled);
    return { verdict: settled, disabled: typeof judgement === 'object' ? judgement : undefined };
  });
}

/** The new address of an endpoint is asked even if the old one is gone; nothing waits for an endpoint that is disabled. */
function settle(verdict: Verdict, judgement: Judgement): Verdict {
  if (judgement === 'moved') return verdict.status === 'cancelled' ? { status: 'pending', delayMs: 0 } : verdict;
  if (judgement === 'stays' || verdict.status !== 'pending') return verdict;
  return { status: 'cancelled', reason: judgement.reason };
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
