import { AppError } from '../errors.ts';
import type { Queryable } from './database.ts';

export type DeliveryStatus = 'pending' | 'succeeded' | 'exhausted' | 'cancelled';

export interface DeliveryAttempt {
  readonly number: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly statusCode: number | null;
  /** An error class such as `timeout`, `dns`, `refused`, `address_refused`; null when the receiver answered 2xx. */
  readonly error: string | null;
  /** The first 16 KiB of the answer. */
  readonly responseExcerpt: string | null;
}

/** One event on its way to one address. */
export interface Delivery {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  /** Null for a test of an endpoint. */
  readonly jobId: string | null;
  /** Null for a job's own webhook. */
  readonly endpointId: string | null;
  readonly url: string;
  readonly status: DeliveryStatus;
  readonly nextAttemptAt: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly attempts: readonly DeliveryAttempt[];
}

interface DeliveryRow {
  id: string;
  event_id: string;
  event_type: string;
  job_id: string | null;
  endpoint_id: string | null;
  url: string;
  status: DeliveryStatus;
  next_attempt_at: Date | null;
  created_at: Date;
  finished_at: Date | null;
  tries: DeliveryAttempt[];
}

const columns = `d.id, d.event_id, d.event_type, d.job_id, d.endpoint_id, d.url, d.status, d.next_attempt_at, d.created_at,
  d.finished_at, coalesce((select jsonb_agg(jsonb_build_object('number', a.number, 'startedAt', a.started_at,
    'durationMs', a.duration_ms, 'statusCode', a.status_code, 'error', a.error, 'responseExcerpt', a.response_excerpt)
    order by a.number) from delivery_attempts a where a.delivery_id = d.id), '[]') as tries`;

/** Newest first; `after` is the `nextCursor` of the page before. */
export async function listDeliveries(
  db: Queryable,
  tenant: string,
  query: {
    readonly jobId?: string | undefined;
    readonly endpointId?: string | undefined;
    readonly limit: number;
    readonly after?: string | undefined;
  },
): Promise<{ readonly deliveries: readonly Delivery[]; readonly nextCursor: string | null }> {
  const found = await db.query<DeliveryRow>(
    `select ${columns} from deliveries d
     where d.tenant = $1 and ($2::text is null or d.job_id = $2) and ($3::text is null or d.endpoint_id = $3)
       and ($4::text is null or d.id < $4)
     order by d.id desc limit $5`,
    [tenant, query.jobId ?? null, query.endpointId ?? null, query.after ?? null, query.limit + 1],
  );
  const deliveries = found.rows.slice(0, query.limit).map(toDelivery);
  const more = found.rows.length > query.limit;
  return { deliveries, nextCursor: more ? (deliveries.at(-1)?.id ?? null) : null };
}

export async function readDelivery(db: Queryable, tenant: string, id: string): Promise<Delivery | undefined> {
  const found = await db.query<DeliveryRow>(`select ${columns} from deliveries d where d.tenant = $1 and d.id = $2`, [
    tenant,
    id,
  ]);
  return found.rows[0] && toDelivery(found.rows[0]);
}

/**
 * Sends it once more now, whatever became of it, to the present address of its endpoint; a waiting one is only brought
 * forward. It keeps its event id. When this attempt fails too, the schedule goes on where it stood, or the delivery is
 * exhausted again. @throws AppError `conflict` when its endpoint is disabled
 */
export async function retryDelivery(db: Queryable, tenant: string, id: string): Promise<Delivery | undefined> {
  const opened = await db.query(
    `update deliveries d set status = 'pending', next_attempt_at = now(), finished_at = null,
       url = coalesce((select e.url from webhook_endpoints e where e.id = d.endpoint_id), d.url)
     where d.tenant = $1 and d.id = $2 and not exists (
       select from webhook_endpoints e where e.id = d.endpoint_id and e.disabled_at is not null)`,
    [tenant, id],
  );
  const delivery = await readDelivery(db, tenant, id);
  if (delivery && opened.rowCount === 0) {
    throw new AppError('conflict', `Its endpoint ${delivery.endpointId} is disabled; switch that on first.`);
  }
  return delivery;
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    eventId: row.event_id,
    eventType: row.event_type,
    jobId: row.job_id,
    endpointId: row.endpoint_id,
    url: row.url,
    status: row.status,
    nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    attempts: row.tries.map((attempt) => ({ ...attempt, startedAt: new Date(attempt.startedAt).toISOString() })),
  };
}
