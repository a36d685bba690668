import type { Log } from '../../shared/log.ts';
import { tryHeader } from '../../shared/messages/task.ts';
import type { Bus, Delivery } from '../../shared/queue/bus.ts';
import { nextRetry } from '../../shared/queue/retry-schedule.ts';
import { jobRoutingKey, type RetryTier } from '../../shared/queue/topology.ts';
import type { Outcome } from './outcome.ts';
import { type Run, report } from './report.ts';

interface SettleParts {
  readonly bus: Pick<Bus, 'publish'>;
  readonly retryTiers: readonly RetryTier[];
  readonly log: Log;
}

/**
 * Tells the orchestrator and gives the message back to the broker, in that order: a message is settled only after what
 * follows from it is confirmed, so a crash in between doubles a report (fenced) and never loses one.
 * @returns the outcome that came true: `release` when the report could not be delivered
 */
export async function settle(parts: SettleParts, delivery: Delivery, run: Run, outcome: Outcome): Promise<Outcome> {
  try {
    await announce(parts, delivery, run, outcome);
  } catch (error) {
    parts.log.warn({ err: error, job: run.task.job, step: run.task.step, outcome: outcome.kind }, 'task.unannounced');
    delivery.release();
    return { kind: 'release' };
  }
  if (outcome.kind === 'release') delivery.release();
  else if (outcome.kind === 'failed' && outcome.deadLetter) delivery.reject();
  else if (outcome.kind !== 'lost') delivery.ack();
  return outcome;
}

async function announce(parts: SettleParts, delivery: Delivery, run: Run, outcome: Outcome): Promise<void> {
  if (outcome.kind === 'retry') {
    await report(parts.bus, run, 'retrying', { error: outcome.error });
    await publishRetry(parts, delivery, run);
  }
  if (outcome.kind === 'failed') await report(parts.bus, run, 'failed', { error: outcome.error });
  if (outcome.kind === 'cancelled') await report(parts.bus, run, 'cancelled');
}

/** A copy with try + 1 waits in the delay queue of this try and comes back to the work queue by its own routing key. */
async function publishRetry(parts: SettleParts, delivery: Delivery, run: Run): Promise<void> {
  const tier = nextRetry(parts.retryTiers, run.try);
  if (tier === undefined) throw new Error(`there is no retry tier for try ${run.try}`);
  await parts.bus.publish({
    exchange: tier.exchange,
    routingKey: jobRoutingKey(run.task.kind, run.task.priorityClass),
    body: delivery.body,
    headers: { [tryHeader]: run.try + 1 },
    ...(delivery.messageId === undefined ? {} : { messageId: delivery.messageId }),
    mandatory: true,
  });
}
