import type { FarmEvent } from '../messages/event.ts';
import { newId } from '../messages/ids.ts';
import type { WebhookRequest } from '../messages/job.ts';
import { createDeliveries, wantsEvent } from './create-deliveries.ts';
import type { Queryable } from './database.ts';
import type { Announcement, JobState } from './job-state.ts';
import { viewJob } from './job-view.ts';

/** A job as it is after what the events tell of; `job.sequence` is that of the last of them. */
export interface EventsOfJob {
  readonly job: JobState;
  readonly events: readonly Announcement[];
  readonly at: Date;
}

interface EventRow {
  readonly tenant: string;
  readonly jobId: string;
  readonly step: string | null;
  readonly event: FarmEvent;
  readonly webhook: WebhookRequest | null;
  readonly traceparent: string;
}

/**
 * Writes events and the deliveries that follow from them; belongs in the transaction that changed the jobs. All events of
 * one change carry the job as it is after it. A newer `step.progress` takes the place of the older one of its step, so the
 * history of a job stays bounded.
 */
export async function writeEvents(client: Queryable, changes: readonly EventsOfJob[]): Promise<void> {
  const rows = changes.flatMap(describeEvents);
  if (rows.length === 0) return;
  const wanted = await insertEvents(client, rows);
  for (const row of rows) {
    const { type } = row.event;
    if (wanted.has(`${row.tenant} ${type}`) || (row.webhook && wantsEvent(row.webhook, type))) {
      await createDeliveries(client, row);
    }
  }
}

function describeEvents({ job, events, at }: EventsOfJob): readonly EventRow[] {
  const view = viewJob(job);
  return events.map(({ type, step, rendition }, index) => {
    const sequence = job.sequence - events.length + index + 1;
    const data = {
      job: view,
      ...(step === undefined ? {} : { step }),
      ...(rendition === undefined ? {} : { rendition }),
    };
    const event: FarmEvent = { id: newId('evt'), type, timestamp: at.toISOString(), sequence, data };
    const { tenant, id: jobId, webhook, traceparent } = job;
    return { tenant, jobId, step: step ?? null, event, webhook, traceparent };
  });
}

/**
 * Answers in the same breath which events some endpoint wants, as `<tenant> <type>`: most events interest nobody, and then
 * one statement is all they cost.
 */
async function insertEvents(client: Queryable, rows: readonly EventRow[]): Promise<ReadonlySet<string>> {
  const wanted = await client.query<{ wanted: string }>(
    `with written as (
       insert into events (id, tenant, job_id, sequence, type, step, body, created_at)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::json[], $8::timestamptz[])
       on conflict (job_id, step) where type = 'step.progress' do update
         set id = excluded.id, sequence = excluded.sequence, body = excluded.body, created_at = excluded.created_at,
             published_at = null)
     select distinct tenant || ' ' || unnest(events) as wanted from webhook_endpoints
     where tenant = any($2) and disabled_at is null`,
    [
      rows.map(({ event }) => event.id),
      rows.map(({ tenant }) => tenant),
      rows.map(({ jobId }) => jobId),
      rows.map(({ event }) => event.sequence),
      rows.map(({ event }) => event.type),
      rows.map(({ step }) => step),
      rows.map(({ event }) => JSON.stringify(event)),
      rows.map(({ event }) => event.timestamp),
    ],
  );
  return new Set(wanted.rows.map((row) => row.wanted));
}
