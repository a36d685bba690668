import type { Channel } from 'amqplib';
import type { Log } from '../../log.ts';
import type { Consumer } from '../bus.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { parseBody } from './lend-delivery.ts';
import { type LiveChannel, plainChannel, SupervisedChannel } from './supervised-channel.ts';

export interface ListeningOptions {
  readonly connection: BrokerConnection;
  readonly exchange: string;
  readonly bindingKey: string;
  readonly log: Log;
  onMessage(body: unknown, routingKey: string): void;
}

/** A private queue per channel, gone with it: what is broadcast while nobody is connected is missed. */
export class BroadcastListener implements Consumer {
  readonly #channel: SupervisedChannel<Channel>;
  #stopped = false;

  constructor(options: ListeningOptions) {
    this.#channel = new SupervisedChannel({
      connection: options.connection,
      name: `the listener on ${options.exchange}`,
      log: options.log,
      create: plainChannel,
      setUp: (live) => listen(live, options),
    });
  }

  get live(): boolean {
    return !this.#stopped && this.#channel.live !== undefined;
  }

  get closed(): boolean {
    return this.#channel.closed;
  }

  get fault(): string | undefined {
    return this.#channel.fault;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#channel.close();
  }

  close(): Promise<void> {
    return this.stop();
  }
}

async function listen(live: LiveChannel<Channel>, options: ListeningOptions): Promise<void> {
  const { queue } = await live.channel.assertQueue('', { exclusive: true, autoDelete: true, durable: false });
  await live.channel.bindQueue(queue, options.exchange, options.bindingKey);
  const onMessage = (content: Buffer, routingKey: string) => {
    try {
      options.onMessage(parseBody(content), routingKey);
    } catch (error) {
      options.log.error({ err: error, exchange: options.exchange }, 'broadcast.failed');
    }
  };
  await live.channel.consume(
    queue,
    (message) => {
      if (message === null) live.cancelled();
      else onMessage(message.content, message.fields.routingKey);
    },
    { noAck: true },
  );
}
