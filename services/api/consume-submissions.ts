/** Jobs that come over AMQP (contract §4): a document on `farm.submissions` becomes a job, the answer goes to `reply-to`. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import type { KeptAnswer } from '../../shared/ledger/idempotency.ts';
import type { Log } from '../../shared/log.ts';
import type { Bus, Delivery } from '../../shared/queue/bus.ts';
import { queues } from '../../shared/queue/topology.ts';
import { childTraceparent } from '../../shared/trace-context.ts';
import { type Answer, carryOut, type OnceWork, type Settle } from './answer-once.ts';
import { statusOf, toAppError, toProblem } from './problem.ts';
import { requestIdOf } from './request-context.ts';
import { hashJson } from './request-hash.ts';
import { type SubmitDeps, type Submitter, submitJob } from './submit-job.ts';

interface SubmissionDeps extends SubmitDeps {
  readonly bus: Bus;
  readonly log: Log;
  readonly closing: AbortSignal;
}

const prefetch = 10;
const waitMs = 2000;
const route = 'AMQP farm.submissions';
const defaultTenant = 'default';
const tenantPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

export function consumeSubmissions(deps: SubmissionDeps): { stop(): Promise<void> } {
  const underWay = new Set<Promise<void>>();
  const consumer = deps.bus.consume(queues.submissions, { prefetch }, (delivery) => {
    const work = takeSubmission(deps, delivery).finally(() => underWay.delete(work));
    underWay.add(work);
    return work;
  });
  return {
    stop: async () => {
      await consumer.stop();
      await Promise.all(underWay);
    },
  };
}

/**
 * Answered (a Job, or a problem the sender can mend) → ack. A document at fault whose sender wants no answer → dead letter.
 * While the farm is full or the ledger away the message is held, not returned: returning it would count towards its delivery
 * limit, and a full prefetch window is what slows the sender down. What breaks us is returned, so that the limit ends it.
 */
async function takeSubmission(deps: SubmissionDeps, delivery: Delivery): Promise<void> {
  const stop = AbortSignal.any([deps.closing, delivery.lost]);
  const submitter = submitterOf(delivery);
  for (let broken = false; ; ) {
    try {
      const kept = await submitOnce(deps, submitter, delivery);
      return await settle(deps, delivery, JSON.parse(kept.body));
    } catch (thrown) {
      const error = toAppError(thrown);
      if (statusOf(error.code) < 500 && !error.retryable) return await settleFault(deps, delivery, error, submitter);
      deps.log.warn({ requestId: submitter.requestId, code: error.code, err: error }, 'submission.held');
      broken = error.code === 'internal_error';
    }
    await pause(waitMs, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted || broken) return delivery.release();
  }
}

async function submitOnce(deps: SubmissionDeps, submitter: Submitter, delivery: Delivery): Promise<KeptAnswer> {
  if (!tenantPattern.test(submitter.tenant)) {
    throw new AppError('invalid_request', 'Header x-farm-tenant: expected 1–64 letters, digits, - or _.');
  }
  await deps.admission.admit(submitter.tenant);
  const requestHash = hashJson(delivery.body);
  const work: OnceWork = {
    digest: async () => requestHash,
    run: async (keep: Settle): Promise<Answer> => {
      const job = await submitJob(deps, submitter, delivery.body, new Map(), (client, [written]) =>
        keep(client, requestHash, { status: 202, body: written }),
      );
      return { status: 202, body: job };
    },
  };
  return (await carryOut(deps, { tenant: submitter.tenant, key: keyOf(delivery), route }, work)).kept;
}

/** What names the message for good, so that a redelivered one makes no second job: the sender's key, else the message id. */
function keyOf(delivery: Delivery): string {
  const given = delivery.headers['idempotency-key'] ?? delivery.messageId;
  return typeof given === 'string' && given !== '' ? `amqp:${JSON.stringify(given)}` : `amqp:once:${randomUUID()}`;
}

function submitterOf(delivery: Delivery): Submitter {
  const text = (name: string) => {
    const value = delivery.headers[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    // A number is not taken for "none given": the job would become somebody else's.
    tenant: String(delivery.headers['x-farm-tenant'] ?? defaultTenant),
    traceparent: childTraceparent(text('traceparent')),
    requestId: requestIdOf(text('x-request-id')),
  };
}

async function settle(deps: SubmissionDeps, delivery: Delivery, answer: unknown): Promise<void> {
  await reply(deps, delivery, answer);
  delivery.ack();
}

async function settleFault(
  deps: SubmissionDeps,
  delivery: Delivery,
  error: AppError,
  submitter: Submitter,
): Promise<void> {
  const { requestId, tenant } = submitter;
  deps.log.info({ requestId, tenant, code: error.code, errors: error.errors }, 'submission.refused');
  if (delivery.replyTo === undefined) return delivery.reject();
  await settle(deps, delivery, toProblem(error, requestId));
}

/** A reply nobody waits for any more is lost, as in AMQP; the job is not. */
async function reply(deps: SubmissionDeps, delivery: Delivery, body: unknown): Promise<void> {
  if (delivery.replyTo === undefined) return;
  const { replyTo: routingKey, correlationId } = delivery;
  const message = { exchange: '', routingKey, body, ...(correlationId !== undefined && { correlationId }) };
  await deps.bus.publish(message).catch((error: unknown) => {
    deps.log.warn({ routingKey, err: error }, 'submission.answer-lost');
  });
}
