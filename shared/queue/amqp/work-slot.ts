import type { Channel, Message } from 'amqplib';
import type { Log } from '../../log.ts';
import type { Delivery, Slot } from '../bus.ts';
import { unavailable } from '../refusals.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { lendDelivery } from './lend-delivery.ts';
import { type LiveChannel, plainChannel, SupervisedChannel } from './supervised-channel.ts';
import { waitForPush } from './wait-for-push.ts';
import { answerWithinMs, within } from './within.ts';

interface SlotOptions {
  readonly connection: BrokerConnection;
  readonly log: Log;
}

/** One supervised channel that holds at most one message. */
export class WorkSlot implements Slot {
  readonly #channel: SupervisedChannel<Channel>;
  readonly #closing = new AbortController();

  constructor({ connection, log }: SlotOptions) {
    this.#channel = new SupervisedChannel({
      connection,
      name: 'a work slot',
      log,
      create: plainChannel,
      // Per consumer, not per channel: global QoS closes the connection of a quorum queue's consumer.
      setUp: async ({ channel }) => void (await channel.prefetch(1)),
    });
  }

  get live(): boolean {
    return this.#channel.live !== undefined;
  }

  get closed(): boolean {
    return this.#channel.closed;
  }

  get fault(): string | undefined {
    return this.#channel.fault;
  }

  async take(queues: readonly string[], signal: AbortSignal): Promise<Delivery | undefined> {
    const stop = AbortSignal.any([signal, this.#closing.signal]);
    while (!stop.aborted) {
      const live = await this.#channel.ready(stop).catch(() => undefined);
      if (live === undefined) break;
      try {
        const delivery = (await getFirst(live, queues)) ?? (await waitForPush(live, queues, stop));
        if (delivery !== undefined && !stop.aborted) return delivery;
        delivery?.release();
      } catch (error) {
        // A call that failed or is overdue may still be answered; only a new channel is known to hold nothing.
        live.abandon(error instanceof Error ? error.message : String(error));
      }
    }
    return undefined;
  }

  async tryTake(queues: readonly string[]): Promise<Delivery | undefined> {
    const live = await this.#channel.ready(AbortSignal.timeout(answerWithinMs)).catch((error: unknown) => {
      throw unavailable(this.#channel.fault ?? 'it does not answer', error);
    });
    try {
      return await getFirst(live, queues);
    } catch (error) {
      live.abandon(error instanceof Error ? error.message : String(error));
      throw unavailable('the channel was lost', error);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#channel.close();
  }
}

async function getFirst(live: LiveChannel<Channel>, queues: readonly string[]): Promise<Delivery | undefined> {
  for (const queue of queues) {
    const message: Message | false = await within(live.channel.get(queue), `asking ${queue}`);
    if (message !== false) return lendDelivery(live, queue, message);
  }
  return undefined;
}
