import type { Queryable } from '../../shared/ledger/database.ts';
import type { ClaimedDelivery } from './attempt.ts';

interface ClaimOptions {
  readonly max: number;
  readonly maxPerLane: number;
  /** What this notifier sends at the moment, by lane. */
  readonly sending: ReadonlyMap<string, number>;
  readonly leaseMs: number;
}

/**
 * Takes due deliveries for this notifier: oldest first, but from each lane no more than it has room for, so a dead receiver
 * with thousands waiting holds up nobody. Finds the lanes by skipping through the index, one probe a lane, whatever waits in
 * them. Several notifiers share by SKIP LOCKED; one that dies loses its lease and others take over.
 */
export async function claimDeliveries(db: Queryable, options: ClaimOptions): Promise<readonly ClaimedDelivery[]> {
  const claimed = await db.query<ClaimedDelivery>(claim, [
    options.max,
    options.maxPerLane,
    [...options.sending.keys()],
    [...options.sending.values()],
    options.leaseMs,
  ]);
  return claimed.rows;
}

const claim = `
with recursive lanes as (
  (select lane from deliveries where status = 'pending' order by lane limit 1)
  union all
  select (select d.lane from deliveries d where d.status = 'pending' and d.lane > lanes.lane order by d.lane limit 1)
  from lanes where lanes.lane is not null
), due as (
  select next.id
  from lanes
  left join unnest($3::text[], $4::int[]) as busy (lane, sending) on busy.lane = lanes.lane
  cross join lateral (
    select d.id, d.next_attempt_at from deliveries d
    where d.status = 'pending' and d.lane = lanes.lane and d.next_attempt_at <= now()
      and (d.lease_until is null or d.lease_until <= now())
    order by d.next_attempt_at
    limit greatest(0, $2::int - coalesce(busy.sending, 0))
  ) next
  order by next.next_attempt_at limit $1::int
), locked as (
  -- After the limit: a row lock is a write. Another notifier may have been faster, so what made them due is asked again.
  select d.id from deliveries d
  where d.id in (select id from due) and d.status = 'pending' and d.next_attempt_at <= now()
    and (d.lease_until is null or d.lease_until <= now())
  for update skip locked
), taken as (
  update deliveries d set attempts = attempts + 1, lease_until = now() + $5::int * interval '1 millisecond'
  from locked where d.id = locked.id
  returning d.*
)
select t.id, t.tenant, t.event_id as "eventId", t.event_type as "eventType", t.job_id as "jobId",
  t.endpoint_id as "endpointId", coalesce(e.url, t.url) as url, t.payload, t.traceparent, t.attempts as attempt, t.lane,
  case when e.id is not null then array_remove(
    array[e.secret, case when e.previous_secret_until > now() then e.previous_secret end], null) end as secrets,
  e.disabled_at is not null as "endpointDisabled",
  round(extract(epoch from now() - t.next_attempt_at) * 1000)::int as "overdueMs"
from taken t left join webhook_endpoints e on e.id = t.endpoint_id
order by t.next_attempt_at`;

/** Ends a delivery unsent; the attempt does not count. */
export async function cancelDelivery(db: Queryable, delivery: ClaimedDelivery): Promise<void> {
  await db.query(
    `update deliveries set status = 'cancelled', attempts = attempts - 1, lease_until = null, next_attempt_at = null,
       finished_at = now()
     where id = $1 and attempts = $2`,
    [delivery.id, delivery.attempt],
  );
}

/** Gives a delivery back unsent, for any notifier to take at once; the attempt does not count. */
export async function releaseDelivery(db: Queryable, delivery: ClaimedDelivery): Promise<void> {
  await db.query('update deliveries set attempts = attempts - 1, lease_until = null where id = $1 and attempts = $2', [
    delivery.id,
    delivery.attempt,
  ]);
}
