import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { Delivery } from './bus.ts';

/**
 * Runs a consumer's handler. When it throws, the message goes back to its queue, later each time, so that an outage of what
 * the handler needs does not use up the delivery limit: after 1, 2, 4, 8, 16, then 30 s each (a limit of 50 lasts 23 min).
 */
export async function handleDelivery(
  delivery: Delivery,
  onDelivery: (delivery: Delivery) => Promise<void>,
  log: Log,
): Promise<void> {
  try {
    await onDelivery(delivery);
  } catch (error) {
    log.error({ err: error, queue: delivery.queue, messageId: delivery.messageId }, 'delivery.failed');
    await pause(releaseDelayMs(delivery), undefined, { signal: delivery.lost }).catch(() => undefined);
    delivery.release();
  }
}

function releaseDelayMs({ headers }: Delivery): number {
  const returns = Number(headers['x-delivery-count'] ?? 0);
  return Math.min(30_000, 1000 * 2 ** Math.min(returns, 5));
}
