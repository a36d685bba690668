import type { Database } from '../../shared/ledger/database.ts';
import { kindsWithSecrets, withoutSecrets } from './find-secrets.ts';

/** A job that failed or was cancelled can be tried again with its passwords for so long. */
export const keptForRetryHours = 1;
const batch = 500;

interface Row {
  readonly jobId: string;
  readonly name: string;
  readonly kind: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Takes passwords out of the params of jobs that have ended. Their rows are locked, so that no retry opens them meanwhile. */
export async function forgetSecrets(database: Database): Promise<void> {
  for (;;) {
    const seen = await database.transaction(async (client) => {
      const { rows } = await client.query<Row>(
        `select step.job_id as "jobId", step.name, step.kind, step.params
         from steps step join jobs job on job.id = step.job_id
         where step.kind = any($1) and step.secrets is null and job.finished_at is not null
           and (job.status = 'succeeded' or job.finished_at < now() - make_interval(hours => $2))
         limit ${batch} for update skip locked`,
        [kindsWithSecrets, keptForRetryHours],
      );
      const looked = rows.map(({ jobId, name, kind, params }) => {
        const left = withoutSecrets(kind, params);
        return { jobId, name, params: left ?? params, secrets: left === undefined ? 'none' : 'forgotten' };
      });
      await client.query(
        `update steps set params = new.params, secrets = new.secrets
         from json_to_recordset($1) as new ("jobId" text, name text, params json, secrets text)
         where steps.job_id = new."jobId" and steps.name = new.name`,
        [JSON.stringify(looked)],
      );
      return rows.length;
    });
    if (seen < batch) return;
  }
}

/** A dead letter as it may be kept: tasks, and steps as somebody submitted them, without their passwords. */
export function forgetSecretsOf(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(forgetSecretsOf);
  if (typeof body !== 'object' || body === null) return body;
  const { kind, params } = body as { kind?: unknown; params?: unknown };
  const members = Object.entries(body).map(([name, member]) => [name, forgetSecretsOf(member)] as const);
  const left = Object.fromEntries(members) as Record<string, unknown>;
  if (typeof kind !== 'string') return left;
  if (typeof params !== 'object' || params === null) return withoutSecrets(kind, left) ?? left;
  return { ...left, params: withoutSecrets(kind, params as Record<string, unknown>) ?? params };
}
