import type { Channel, Message } from 'amqplib';
import type { Delivery } from '../bus.ts';
import { lendDelivery } from './lend-delivery.ts';
import type { LiveChannel } from './supervised-channel.ts';
import { within } from './within.ts';

interface Arrival {
  readonly rank: number;
  readonly queue: string;
  readonly message: Message;
}

/** Then all is done anew on a new channel, so a consumer the broker has forgotten costs seconds, not for ever. */
const renewAfterMs = 30_000;

/**
 * Subscribes to all queues (the channel has prefetch 1) until one delivers, and leaves them. Of several that raced in, the
 * one of the first queue is taken and the others are released. Undefined when it is
 * time to begin anew.
 * @throws when the channel is lost or does not answer
 */
export async function waitForPush(
  live: LiveChannel<Channel>,
  queues: readonly string[],
  stop: AbortSignal,
): Promise<Delivery | undefined> {
  const arrivals: Arrival[] = [];
  const waiting = createWaiting([live.lost, stop], renewAfterMs * (0.8 + 0.4 * Math.random()));
  try {
    const subscribing = queues.map((queue, rank) =>
      live.channel.consume(queue, (message) => {
        if (message === null) live.cancelled();
        else arrivals.push({ rank, queue, message });
        waiting.end();
      }),
    );
    const consumers = await within(Promise.all(subscribing), 'subscribing');
    await waiting.ended;
    const leaving = consumers.map(({ consumerTag }) => live.channel.cancel(consumerTag));
    await within(Promise.all(leaving), 'leaving the queues');
  } finally {
    waiting.end();
  }
  if (arrivals.length === 0 && !stop.aborted) live.renew();
  return keepFirst(live, arrivals);
}

function keepFirst(live: LiveChannel<Channel>, arrivals: readonly Arrival[]): Delivery | undefined {
  const [first, ...others] = [...arrivals].sort((one, other) => one.rank - other.rank);
  for (const { queue, message } of others) lendDelivery(live, queue, message).release();
  return first && lendDelivery(live, first.queue, first.message);
}

/** A wait that ends by `end`, by any of the signals or by the clock, and leaves no listener behind. */
function createWaiting(signals: readonly AbortSignal[], timeoutMs: number): { ended: Promise<void>; end(): void } {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    const timer = setTimeout(() => end(), timeoutMs);
    end = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    for (const signal of signals) signal.addEventListener('abort', end);
    if (signals.some((signal) => signal.aborted)) end();
  });
  return { ended, end };
}
