import type { Database } from '../../shared/ledger/database.ts';
import { readTenantSecret } from '../../shared/ledger/tenant-secrets.ts';
import type { Log } from '../../shared/log.ts';
import type { GuardedFetch } from '../../shared/outbound/create-guarded-fetch.ts';
import { traceIdOf } from '../../shared/trace-context.ts';
import type { Attempt, ClaimedDelivery } from './attempt.ts';
import { cancelDelivery, releaseDelivery } from './claim-deliveries.ts';
import type { Disabled } from './judge-endpoint.ts';
import { maxAttempts, nextAttempt, type Verdict } from './next-attempt.ts';
import { recordAttempt } from './record-attempt.ts';
import { send } from './send.ts';

export interface NotifyParts {
  readonly database: Database;
  readonly guardedFetch: GuardedFetch;
  readonly log: Log;
  readonly timeoutMs: number;
  readonly delayFactor: number;
  readonly disableAfterHours: number;
}

/**
 * One attempt of one delivery: sign → send → decide → record → log. At least once: a notifier that dies between sending and
 * recording leaves a lease that runs out, and the receiver gets the same `webhook-id` again. One that is told to stop while
 * sending gives the delivery back.
 */
export async function notify(parts: NotifyParts, delivery: ClaimedDelivery, signal: AbortSignal): Promise<void> {
  try {
    if (delivery.endpointDisabled) return await cancelDelivery(parts.database, delivery);
    const secrets = delivery.secrets ?? (await readTenantSecrets(parts.database, delivery.tenant));
    const attempt = await send(parts.guardedFetch, delivery, secrets, { timeoutMs: parts.timeoutMs, signal });
    const planned = nextAttempt(delivery.attempt, attempt, { delayFactor: parts.delayFactor, random: Math.random });
    const { database, disableAfterHours } = parts;
    const { verdict, disabled } = await recordAttempt(database, delivery, attempt, planned, disableAfterHours);
    logAttempt(parts.log, delivery, attempt, verdict);
    if (disabled) logDisabled(parts.log, delivery, disabled);
  } catch (error) {
    if (signal.aborted) return await release(parts, delivery);
    parts.log.error({ err: error, delivery: delivery.id, event: delivery.eventId }, 'delivery.unrecorded');
  }
}

async function readTenantSecrets(database: Database, tenant: string): Promise<readonly string[]> {
  const { secret, previousSecret } = await readTenantSecret(database, tenant);
  return previousSecret === null ? [secret] : [secret, previousSecret];
}

async function release(parts: NotifyParts, delivery: ClaimedDelivery): Promise<void> {
  await releaseDelivery(parts.database, delivery).catch((error: unknown) => {
    // The lease runs out instead.
    parts.log.warn({ err: error, delivery: delivery.id }, 'delivery.release_failed');
  });
}

function logAttempt(log: Log, delivery: ClaimedDelivery, attempt: Attempt, verdict: Verdict): void {
  log[verdict.status === 'succeeded' ? 'info' : 'warn'](
    {
      delivery: delivery.id,
      event: delivery.eventId,
      type: delivery.eventType,
      job: delivery.jobId,
      tenant: delivery.tenant,
      endpoint: delivery.endpointId,
      traceId: traceIdOf(delivery.traceparent),
      origin: originOf(delivery.url),
      attempt: delivery.attempt,
      maxAttempts,
      outcome: verdict.status,
      statusCode: attempt.statusCode,
      code: attempt.error,
      queuedMs: delivery.overdueMs,
      durationMs: attempt.durationMs,
      bytesOut: Buffer.byteLength(delivery.payload),
      bytesIn: Buffer.byteLength(attempt.responseExcerpt ?? ''),
      nextAttemptInMs: verdict.status === 'pending' ? verdict.delayMs : null,
    },
    'delivery.attempted',
  );
}

/** For operators: from now on this receiver hears nothing, until somebody switches its endpoint on again. */
function logDisabled(log: Log, { tenant, endpointId, url }: ClaimedDelivery, disabled: Disabled): void {
  log.warn({ tenant, endpoint: endpointId, origin: originOf(url), ...disabled }, 'endpoint.disabled');
}

/** Never the whole URL: receivers keep tokens in its path and query. */
function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}
