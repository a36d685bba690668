import { setInterval } from 'node:timers/promises';
import type { Channel, Message } from 'amqplib';
import type { Log } from '../../log.ts';
import type { Consumer, Delivery } from '../bus.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { lendDelivery } from './lend-delivery.ts';
import { type LiveChannel, plainChannel, SupervisedChannel } from './supervised-channel.ts';
import { within } from './within.ts';

export interface ConsumptionOptions {
  readonly connection: BrokerConnection;
  readonly queue: string;
  readonly prefetch: number;
  readonly log: Log;
  onDelivery(delivery: Delivery): Promise<void>;
}

/** How often an idle consumer asks whether its queue really has nothing for it. */
const checkEveryMs = 10_000;

/** A consumer with prefetch on a supervised channel of its own. */
export class QueueConsumer implements Consumer {
  readonly #options: ConsumptionOptions;
  readonly #channel: SupervisedChannel<Channel>;
  readonly #stopping = new AbortController();
  #tag: { readonly live: LiveChannel<Channel>; readonly consumerTag: string } | undefined;
  #lent = 0;
  #deliveries = 0;

  constructor(options: ConsumptionOptions) {
    this.#options = options;
    this.#channel = new SupervisedChannel({
      connection: options.connection,
      name: `the consumer of ${options.queue}`,
      log: options.log,
      create: plainChannel,
      setUp: (live) => this.#subscribe(live),
    });
    void this.#watch();
  }

  get live(): boolean {
    return !this.#stopping.signal.aborted && this.#channel.live !== undefined;
  }

  get closed(): boolean {
    return this.#channel.closed;
  }

  get fault(): string | undefined {
    return this.#stopping.signal.aborted ? undefined : this.#channel.fault;
  }

  /** The channel stays open until the last lent delivery is settled, for it can be settled nowhere else. */
  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    const { live, consumerTag } = this.#tag ?? {};
    if (live !== undefined && consumerTag !== undefined && !live.lost.aborted) {
      await within(live.channel.cancel(consumerTag), 'cancelling').catch(() => live.abandon('its cancel failed'));
    }
    await this.#closeWhenSettled();
  }

  /** What is still lent goes back to the queue. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#channel.close();
  }

  async #subscribe(live: LiveChannel<Channel>): Promise<void> {
    const { queue, prefetch } = this.#options;
    this.#lent = 0;
    if (this.#stopping.signal.aborted) {
      void this.#channel.close();
      return;
    }
    await live.channel.prefetch(prefetch);
    const { consumerTag } = await live.channel.consume(queue, (message) => {
      if (message === null) live.abandon('the broker cancelled the consumer');
      else this.#receive(live, message);
    });
    this.#tag = { live, consumerTag };
  }

  #receive(live: LiveChannel<Channel>, message: Message): void {
    this.#lent += 1;
    this.#deliveries += 1;
    const delivery = lendDelivery(live, this.#options.queue, message, () => {
      this.#lent -= live === this.#tag?.live ? 1 : 0;
      if (this.#stopping.signal.aborted) void this.#closeWhenSettled();
    });
    if (this.#stopping.signal.aborted) {
      delivery.release();
      return;
    }
    this.#options.onDelivery(delivery).catch((error: unknown) => {
      this.#options.log.error({ err: error, queue: delivery.queue }, 'delivery.failed');
      delivery.release();
    });
  }

  async #closeWhenSettled(): Promise<void> {
    if (this.#lent <= 0 || this.#tag?.live.lost.aborted === true) await this.#channel.close();
  }

  /** Silence can be a consumer the broker has forgotten. Twice messages waiting, room for them and none came: open anew. */
  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      for await (const _ of setInterval(checkEveryMs, undefined, { signal, ref: false })) await this.#check();
    } catch {
      // stopped
    }
  }

  async #check(): Promise<void> {
    const live = this.#channel.live;
    const before = this.#deliveries;
    if (live === undefined || this.#lent >= this.#options.prefetch) return;
    const checking = within(live.channel.checkQueue(this.#options.queue), 'checking the queue');
    const depth = await checking.catch((error: Error) => live.abandon(error.message));
    if (depth === undefined || depth.messageCount === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 1000).unref());
    const silent = this.#deliveries === before && this.#lent < this.#options.prefetch;
    if (silent) live.abandon('messages wait and none is delivered');
  }
}
