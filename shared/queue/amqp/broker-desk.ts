import { setTimeout as pause } from 'node:timers/promises';
import type { Channel } from 'amqplib';
import type { Log } from '../../log.ts';
import { noSuchQueue, unavailable } from '../refusals.ts';
import { queues } from '../topology.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { parseBody } from './lend-delivery.ts';
import { type LiveChannel, plainChannel, SupervisedChannel } from './supervised-channel.ts';
import { answerWithinMs, within } from './within.ts';

/** Another reader holds the epoch message for about a millisecond; only this many empty looks in a row mean it is gone. */
const looks = 5;
const betweenLooksMs = 50;

/** Questions to the broker that are neither publishing nor consuming. */
export class BrokerDesk {
  readonly #channel: SupervisedChannel<Channel>;

  constructor(connection: BrokerConnection, log: Log) {
    this.#channel = new SupervisedChannel({ connection, name: 'the desk', log, create: plainChannel });
  }

  get closed(): boolean {
    return this.#channel.closed;
  }

  get fault(): string | undefined {
    return this.#channel.fault;
  }

  ready(signal: AbortSignal): Promise<unknown> {
    return this.#channel.ready(signal);
  }

  /** @throws AppError `not_found`, `broker_unavailable` */
  depth(queue: string): Promise<{ readonly ready: number; readonly consumers: number }> {
    return this.#ask(async ({ channel }) => {
      const { messageCount, consumerCount } = await within(channel.checkQueue(queue), `the depth of ${queue}`);
      return { ready: messageCount, consumers: consumerCount };
    }, queue);
  }

  /** Reads by taking and putting back: AMQP has no way to look. */
  readEpoch(): Promise<string | undefined> {
    return this.#ask(async ({ channel }) => {
      for (let look = 0; look < looks; look += 1) {
        const message = await within(channel.get(queues.epoch), 'the epoch');
        if (message !== false) {
          channel.reject(message, true);
          return String(parseBody(message.content));
        }
        await pause(betweenLooksMs * (0.5 + Math.random()));
      }
      return undefined;
    }, queues.epoch);
  }

  close(): Promise<void> {
    return this.#channel.close();
  }

  async #ask<T>(question: (live: LiveChannel<Channel>) => Promise<T>, queue: string): Promise<T> {
    const live = await this.#channel.ready(AbortSignal.timeout(answerWithinMs)).catch((error: unknown) => {
      throw unavailable(this.#channel.fault ?? 'it does not answer', error);
    });
    try {
      return await question(live);
    } catch (error) {
      live.abandon(error instanceof Error ? error.message : String(error));
      if (error instanceof Error && 'code' in error && error.code === 404) throw noSuchQueue(queue);
      throw unavailable('the channel was lost', error);
    }
  }
}
