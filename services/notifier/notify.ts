import type { Database } from '../../shared/ledger/database.ts';
import { readTenantSecret } from '../../shared/ledger/tenant-secrets.ts';
import type { Log } from '../../shared/log.ts';
import type { GuardedFetch } from '../../shared/outbound/create-guarded-fetch.ts';
import { traceIdOf } from '../../shared/trace-context.ts';
import type { Attempt, ClaimedDelivery } from './attempt.ts';
import { releaseDelivery } from './claim-deliveries.ts';
import { maxAttempts, nextAttempt, type Verdict } from './next-attempt.ts';
import { recordAttempt } from './record-attempt.ts';
import { send } from './send.ts';

export interface NotifyParts {
  readonly database: Database;
  readonly guardedFetch: GuardedFetch;
  readonly log: Log;
  readonly timeoutMs: number;
  readonly delayFactor: number;
}

/**
 * One attempt of one delivery: sign → send → decide → record → log. At least once: a notifier that dies between sending and
 * recording leaves a lease that runs out, and the receiver gets the same `webhook-id` again. One that is told to stop while
 * sending gives the delivery back.
 */
export async function notify(parts: NotifyParts, delivery: ClaimedDelivery, signal: AbortSignal): Promise<void> {
  try {
    const secret = delivery.secret ?? (await readTenantSecret(parts.database, delivery.tenant));
    const attempt = await send(parts.guardedFetch, delivery, secret, { timeoutMs: parts.timeoutMs, signal });
    const verdict = nextAttempt(delivery.attempt, attempt, { delayFactor: parts.delayFactor, random: Math.random });
    await recordAttempt(parts.database, delivery, attempt, verdict);
    logAttempt(parts.log, delivery, attempt, verdict);
  } catch (error) {
    if (signal.aborted) return await release(parts, delivery);
    parts.log.error({ err: error, delivery: delivery.id, event: delivery.eventId }, 'delivery.unrecorded');
  }
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
      // Never the whole URL: receivers keep tokens in its path and query.
      origin: URL.canParse(delivery.url) ? new URL(delivery.url).origin : null,
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
