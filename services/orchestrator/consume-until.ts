import type { Log } from '../../shared/log.ts';
import type { Health } from '../../shared/part.ts';
import type { Bus, Delivery } from '../../shared/queue/bus.ts';

export interface Consuming {
  health(): Health;
  /** No new messages; those in hand are finished, or given back when they cannot be. */
  stop(): Promise<void>;
}

type Handle = (delivery: Delivery, signal: AbortSignal) => Promise<void>;

/**
 * Consumes a queue until it is stopped. A handler that throws gives its message back while stopping or when the broker
 * took it away, and makes a dead letter of it otherwise: what is no outage is a message nobody can handle.
 */
export function consumeUntil(
  bus: Bus,
  queue: string,
  { prefetch, log }: { prefetch: number; log: Log },
  handle: Handle,
): Consuming {
  const stopping = new AbortController();
  const inHand = new Set<Promise<void>>();
  const consumer = bus.consume(queue, { prefetch }, (delivery) => {
    const signal = AbortSignal.any([stopping.signal, delivery.lost]);
    const handled = handle(delivery, signal).catch((error: unknown) => {
      if (signal.aborted) return delivery.release();
      log.error({ err: error, queue, routingKey: delivery.routingKey, body: delivery.body }, 'message.unhandled');
      delivery.reject();
    });
    inHand.add(handled);
    return handled.finally(() => inHand.delete(handled));
  });
  return {
    health: () => {
      const name = `consumer ${queue}`;
      return consumer.live ? { name, ok: true } : { name, ok: false, reason: 'the broker delivers nothing to it' };
    },
    stop: async () => {
      await consumer.stop();
      stopping.abort(new Error('the orchestrator stops'));
      await Promise.all(inHand);
    },
  };
}
