import type { Queryable } from '../../shared/ledger/database.ts';
import { disableEndpoint } from '../../shared/ledger/disable-endpoint.ts';
import type { ClaimedDelivery } from './attempt.ts';
import type { Verdict } from './next-attempt.ts';

/** What an operator is told of an endpoint that the farm disabled. */
export interface Disabled {
  readonly reason: string;
  /** Attempts that failed since the last success. */
  readonly failedAttempts: number;
  readonly failingSince: Date;
  readonly cancelledDeliveries: number;
}

/** `moved`: the attempt went to an address that the endpoint has left meanwhile, and says nothing about the new one. */
export type Judgement = 'stays' | 'moved' | Disabled;

/**
 * A whole schedule of one delivery. Without it two failures far apart, with nothing to send between them, would do: the
 * rule is meant for receivers that are gone, not for those that had bad luck twice (bullet-train-co/bullet_train-core#24).
 */
const minFailedAttempts = 10;

interface FailingRow {
  failing_since: Date;
  failed_attempts: number;
  too_long: boolean;
}

/**
 * Keeps count of failures and disables an endpoint that answered 410, or whose every attempt has failed for so long.
 * Belongs in a transaction, before the delivery is written: the endpoint's row is locked first.
 * @param disableAfterHours 0: never
 */
export async function judgeEndpoint(
  client: Queryable,
  { endpointId, url }: Pick<ClaimedDelivery, 'endpointId' | 'url'>,
  verdict: Verdict,
  disableAfterHours: number,
): Promise<Judgement> {
  if (endpointId === null) return 'stays';
  if (verdict.status === 'succeeded') {
    await client.query(
      `update webhook_endpoints set failing_since = null, failed_attempts = 0
       where id = $1 and url = $2 and failing_since is not null`,
      [endpointId, url],
    );
    return 'stays';
  }
  const enabled = await client.query<{ url: string }>(
    'select url from webhook_endpoints where id = $1 and disabled_at is null for no key update',
    [endpointId],
  );
  if (!enabled.rows[0]) return 'stays';
  if (enabled.rows[0].url !== url) return 'moved';
  const row = await countFailure(client, endpointId, disableAfterHours);
  const reason = verdict.status === 'cancelled' ? verdict.reason : row.too_long ? describeFailing(row) : undefined;
  if (reason === undefined) return 'stays';
  const cancelledDeliveries = (await disableEndpoint(client, endpointId, reason)) ?? 0;
  return { reason, failedAttempts: row.failed_attempts, failingSince: row.failing_since, cancelledDeliveries };
}

async function countFailure(client: Queryable, endpointId: string, disableAfterHours: number): Promise<FailingRow> {
  const counted = await client.query<FailingRow>(
    `update webhook_endpoints
     set failing_since = coalesce(failing_since, now()), failed_attempts = failed_attempts + 1
     where id = $1
     returning failing_since, failed_attempts, $2::int > 0 and failed_attempts >= $3::int
       and failing_since <= now() - make_interval(hours => $2::int) as too_long`,
    [endpointId, disableAfterHours, minFailedAttempts],
  );
  return counted.rows[0] as FailingRow;
}

function describeFailing({ failed_attempts, failing_since }: FailingRow): string {
  return `All ${failed_attempts} attempts since ${failing_since.toISOString()} failed.`;
}
