import type { Queryable } from './database.ts';

/** The reason of those whom their owner switched off; the others the farm disabled by itself. */
export const switchedOffReason = 'Switched off by request.';

/**
 * Nothing more is sent to it: it gets no new deliveries, and those that wait are cancelled. Belongs in a transaction; the
 * endpoint's row is locked before those of its deliveries, or two at once would wait for each other.
 * @returns how many deliveries were cancelled; undefined when it was disabled already, which keeps its reason
 */
export async function disableEndpoint(client: Queryable, id: string, reason: string): Promise<number | undefined> {
  const disabled = await client.query(
    'update webhook_endpoints set disabled_at = now(), disabled_reason = $2 where id = $1 and disabled_at is null',
    [id, reason],
  );
  if (disabled.rowCount === 0) return undefined;
  const cancelled = await client.query(
    `update deliveries set status = 'cancelled', next_attempt_at = null, finished_at = now()
     where endpoint_id = $1 and status = 'pending'`,
    [id],
  );
  return cancelled.rowCount ?? 0;
}
