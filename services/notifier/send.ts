import type { Readable } from 'node:stream';
import type { GuardedFetch, GuardedResponse } from '../../shared/outbound/create-guarded-fetch.ts';
import { OutboundError } from '../../shared/outbound/outbound-error.ts';
import { childTraceparent } from '../../shared/trace-context.ts';
import type { Attempt, AttemptError, ClaimedDelivery } from './attempt.ts';
import { readRetryAfter } from './read-retry-after.ts';
import { sign } from './sign.ts';

const excerptBytes = 16_384;

/**
 * Sends once. What the receiver does wrong is part of the answer, not an error.
 * @param secrets sign the webhook: the endpoint's or the tenant's
 * @throws the reason of `signal` when that aborted
 */
export async function send(
  guardedFetch: GuardedFetch,
  delivery: ClaimedDelivery,
  secrets: readonly string[],
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Attempt> {
  const startedAt = new Date();
  const started = performance.now();
  const finish = (result: Omit<Attempt, 'startedAt' | 'durationMs'>): Attempt => ({
    startedAt,
    durationMs: Math.round(performance.now() - started),
    ...result,
  });
  try {
    const answer = await guardedFetch.request(delivery.url, {
      method: 'POST',
      headers: webhookHeaders(delivery, secrets, startedAt),
      body: delivery.payload,
      signal: options.signal,
      totalTimeoutMs: options.timeoutMs,
      idleTimeoutMs: options.timeoutMs,
      limit: { maxBytes: excerptBytes, excess: 'truncate' },
    });
    const responseExcerpt = await readExcerpt(answer.body);
    return finish({ ...judge(answer), responseExcerpt });
  } catch (error) {
    if (options.signal.aborted || !(error instanceof OutboundError)) throw error;
    return finish({ statusCode: null, error: error.failure, responseExcerpt: null, retryAfterMs: null });
  }
}

function webhookHeaders(delivery: ClaimedDelivery, secrets: readonly string[], at: Date): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1000);
  return {
    'content-type': 'application/json',
    'user-agent': 'mediafarm-webhooks/1.0',
    'webhook-id': delivery.eventId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': sign(secrets, delivery.eventId, timestamp, delivery.payload),
    traceparent: childTraceparent(delivery.traceparent),
  };
}

function judge(answer: GuardedResponse): Pick<Attempt, 'statusCode' | 'error' | 'retryAfterMs'> {
  const retryAfterMs = readRetryAfter(answer.headers['retry-after'], Date.now());
  return { statusCode: answer.status, error: classify(answer.status), retryAfterMs };
}

function classify(status: number): AttemptError | null {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400 ? 'redirect' : 'bad_status';
}

/**
 * For people to read, so never a reason to fail: the status line has decided already, and a body that breaks off or drips
 * on ends with what came (hookdeck/outpost#974). PostgreSQL's text cannot hold NUL.
 */
async function readExcerpt(body: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of body as AsyncIterable<Buffer>) pieces.push(piece);
  } catch {
    // What came before counts.
  }
  return Buffer.concat(pieces).toString('utf8').replaceAll('\0', '\uFFFD');
}
