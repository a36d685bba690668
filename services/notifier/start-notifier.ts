import type { Database } from '../../shared/ledger/database.ts';
import type { Log } from '../../shared/log.ts';
import { createGuardedFetch, type GuardedFetch } from '../../shared/outbound/create-guarded-fetch.ts';
import type { Health, Part } from '../../shared/part.ts';
import { claimDeliveries } from './claim-deliveries.ts';
import type { NotifierConfig } from './config.ts';
import { createSending, type Sending } from './create-sending.ts';
import { notify } from './notify.ts';

export interface NotifierDeps {
  readonly database: Database;
  readonly log: Log;
}

interface Notifier extends NotifierConfig, NotifierDeps {
  readonly guardedFetch: GuardedFetch;
  readonly sending: Sending;
  /** No new attempts. */
  readonly stop: AbortController;
  /** No attempts at all. */
  readonly shutdown: AbortController;
  health: Health;
}

/** A lease outlives the longest attempt and its recording. */
const leaseMarginMs = 30_000;
const wellHealth: Health = { name: 'notifier', ok: true };

/** Sends due deliveries until it is closed. Any number of notifiers share the work through the ledger. */
export async function startNotifier(config: NotifierConfig, deps: NotifierDeps): Promise<Part> {
  const notifier: Notifier = {
    ...config,
    ...deps,
    guardedFetch: createGuardedFetch({ allowCidrs: config.outboundAllowCidrs }),
    sending: createSending(),
    stop: new AbortController(),
    shutdown: new AbortController(),
    health: wellHealth,
  };
  const running = run(notifier);
  let closing: Promise<void> | undefined;
  deps.log.info(
    { concurrency: config.concurrency, receiverConcurrency: config.receiverConcurrency },
    'notifier.started',
  );
  return {
    name: 'notifier',
    health: async () => [notifier.health],
    close: () => {
      closing ??= drain(notifier, running);
      return closing;
    },
  };
}

async function run(notifier: Notifier): Promise<void> {
  const { sending, stop, pollEveryMs } = notifier;
  while (!stop.signal.aborted) {
    const found = await claimAndSend(notifier).catch((error: Error) => {
      if (notifier.health.ok) notifier.log.warn({ err: error }, 'notifier.claim_failed');
      notifier.health = { name: 'notifier', ok: false, reason: `Due webhooks cannot be read: ${error.message}` };
      return 'failed' as const;
    });
    if (found !== 'failed') notifier.health = wellHealth;
    if (found !== 'some') await sending.change(pollEveryMs, stop.signal);
  }
}

async function claimAndSend(notifier: Notifier): Promise<'some' | 'none'> {
  const { sending, database, shutdown } = notifier;
  const room = notifier.concurrency - sending.size();
  if (room === 0) return 'none';
  const claimed = await claimDeliveries(database, {
    max: room,
    maxPerLane: notifier.receiverConcurrency,
    sending: sending.byLane(),
    leaseMs: notifier.timeoutMs + leaseMarginMs,
  });
  for (const delivery of claimed) sending.add(delivery.lane, notify(notifier, delivery, shutdown.signal));
  return claimed.length > 0 ? 'some' : 'none';
}

async function drain(notifier: Notifier, running: Promise<void>): Promise<void> {
  notifier.stop.abort();
  await running;
  const giveBack = () => notifier.shutdown.abort(new Error('the notifier stops'));
  const timer = setTimeout(giveBack, notifier.drainTimeoutMs);
  await notifier.sending.settled();
  clearTimeout(timer);
  await notifier.guardedFetch.close();
  notifier.log.info('notifier.stopped');
}
