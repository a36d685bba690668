import { setInterval } from 'node:timers/promises';
import type { Channel, Message } from 'amqplib';
import type { Log } from '../../log.ts';
import type { Consumer, Delivery } from '../bus.ts';
import { handleDelivery } from '../handle-delivery.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { lendDelivery } from './lend-delivery.ts';
import { type LiveChannel, plainChannel, SupervisedChannel } from './supervised-channel.ts';
import { within } from './within.ts';

export interface ConsumptionOptions {
  readonly connection: BrokerConnection;
  readonly queue: string;
  readonly prefetch: number;
  readonly log: Log;
  readonly onDelivery: (delivery: Delivery) => Promise<void>;
}

/** Costs an idle consumer four calls a minute. */
const renewAfterMs = 60_000;

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
      if (message === null) live.cancelled();
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
    void handleDelivery(delivery, this.#options.onDelivery, this.#options.log);
  }

  async #closeWhenSettled(): Promise<void> {
    if (this.#lent <= 0 || this.#tag?.live.lost.aborted === true) await this.#channel.close();
  }

  /** No question over AMQP proves that a consumer is not forgotten: one that got nothing for a while opens anew. */
  async #watch(): Promise<void> {
    let before = this.#deliveries;
    try {
      for await (const _ of setInterval(renewAfterMs, undefined, { signal: this.#stopping.signal, ref: false })) {
        if (this.#deliveries === before && this.#lent === 0) this.#channel.live?.renew();
        before = this.#deliveries;
      }
    } catch {
      // stopped
    }
  }
}
