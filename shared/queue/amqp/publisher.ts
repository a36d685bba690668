import { randomUUID } from 'node:crypto';
import type { ConfirmChannel, Message, Options } from 'amqplib';
import type { AppError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { OutgoingMessage } from '../bus.ts';
import { refused, unavailable } from '../refusals.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { confirmChannel, type LiveChannel, SupervisedChannel } from './supervised-channel.ts';
import { Window } from './window.ts';

/** RabbitMQ's reject-publish is a soft limit: with at most 16 unconfirmed a full queue overshoots by a few messages only. */
const maxUnconfirmed = 16;
const confirmWithinMs = 5000;
/** A restart of a channel or a short loss of the connection is waited out; beyond it callers are told at once. */
const patienceMs = 1000;
const declareAgainAfterMs = 10_000;
/** amqplib's words for a negative confirm; any other error of a confirm is the end of the channel. */
const nacked = 'message nacked';

type EncodedMessage = OutgoingMessage & { readonly content: Buffer };

/** Publishes with confirms on one supervised channel of its own connection. */
export class Publisher {
  readonly #connection: BrokerConnection;
  readonly #channel: SupervisedChannel<ConfirmChannel>;
  readonly #window = new Window(maxUnconfirmed);
  readonly #inFlight = new Set<Promise<void>>();
  /** Keys of messages that came back as unroutable; their confirm follows and is positive all the same. */
  readonly #returned = new Set<string>();
  /** Confirms that did not come in time, on the present channel. */
  #overdue = 0;
  #closing = false;
  #declaredAgainAt = 0;

  constructor(connection: BrokerConnection, log: Log) {
    this.#connection = connection;
    this.#channel = new SupervisedChannel({
      connection,
      name: 'the publisher',
      log,
      create: confirmChannel,
      setUp: async ({ channel }) => {
        this.#overdue = 0;
        this.#returned.clear();
        channel.on('return', (message) => this.#returned.add(returnKey(message)));
      },
    });
  }

  get closed(): boolean {
    return this.#channel.closed;
  }

  get fault(): string | undefined {
    return this.#channel.fault;
  }

  async publish(message: OutgoingMessage): Promise<void> {
    if (this.#closing) throw unavailable('it is being closed');
    if (this.#connection.blocked || this.#channel.downForMs > patienceMs) throw this.#away();
    // Encoded now: the caller may change the body while the message waits for its turn.
    const publishing = this.#publishInTime({ ...message, content: Buffer.from(JSON.stringify(message.body)) });
    this.#inFlight.add(publishing);
    await publishing.finally(() => this.#inFlight.delete(publishing));
  }

  ready(signal: AbortSignal): Promise<unknown> {
    return this.#channel.ready(signal);
  }

  /** Waits for the confirms still out, which takes 5 s at most. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.#inFlight);
    await this.#channel.close();
  }

  async #publishInTime(message: EncodedMessage): Promise<void> {
    await this.#window.enter();
    const deadline = new AbortController();
    const timer = setTimeout(() => this.#stall(deadline), confirmWithinMs);
    try {
      await this.#publishOn(await this.#liveChannel(deadline.signal), message, deadline.signal);
    } finally {
      clearTimeout(timer);
      this.#window.leave();
    }
  }

  /** Those who wait for a place need not find out one by one. */
  #stall(deadline: AbortController): void {
    const reason = unavailable('no confirm in time');
    deadline.abort(reason);
    this.#window.refuseWaiting(reason);
  }

  async #liveChannel(deadline: AbortSignal): Promise<LiveChannel<ConfirmChannel>> {
    if (this.#channel.live !== undefined) return this.#channel.live;
    const patience = AbortSignal.timeout(Math.max(1, patienceMs - this.#channel.downForMs));
    return await this.#channel.ready(AbortSignal.any([patience, deadline])).catch((error: unknown) => {
      throw this.#away(error);
    });
  }

  #away(cause?: unknown): AppError {
    return unavailable(this.#connection.fault ?? this.#channel.fault ?? 'it was lost a moment ago', cause);
  }

  #publishOn(live: LiveChannel<ConfirmChannel>, message: EncodedMessage, deadline: AbortSignal): Promise<void> {
    const options = publishOptions(message);
    const key = [message.exchange, message.routingKey, options.messageId].join('\n');
    return new Promise((resolve, reject) => {
      let inTime = true;
      const giveUp = () => {
        inTime = false;
        reject(deadline.reason);
        this.#countOverdue(live);
      };
      const onConfirm = (error: Error | null) => {
        deadline.removeEventListener('abort', giveUp);
        if (!inTime) this.#overdue -= live === this.#channel.live ? 1 : 0;
        if (this.#returned.delete(key)) reject(this.#unroutable(message));
        else if (error === null) resolve();
        else reject(error.message === nacked ? refused(message, 'full') : unavailable('the channel was lost', error));
      };
      deadline.addEventListener('abort', giveUp, { once: true });
      try {
        live.channel.publish(message.exchange, message.routingKey, message.content, options, onConfirm);
      } catch (error) {
        deadline.removeEventListener('abort', giveUp);
        live.abandon('it takes no messages');
        reject(unavailable('the channel was lost', error));
      }
    });
  }

  /** Our own exchanges lead somewhere; when one does not, its queue was deleted and is declared again. */
  #unroutable(message: OutgoingMessage): AppError {
    const due = Date.now() - this.#declaredAgainAt > declareAgainAfterMs;
    if (message.exchange !== '' && due) {
      this.#declaredAgainAt = Date.now();
      this.#connection.prepareAgain().catch(() => undefined);
    }
    return refused(message, 'unroutable');
  }

  /** One stuck queue must not stop the others, and a channel that confirms nothing any more is replaced. */
  #countOverdue(live: LiveChannel<ConfirmChannel>): void {
    this.#overdue += 1;
    if (this.#overdue >= maxUnconfirmed && !this.#connection.blocked) live.abandon('confirms do not come');
  }
}

function publishOptions(message: OutgoingMessage): Options.Publish & { readonly messageId: string } {
  return {
    persistent: true,
    contentType: 'application/json',
    mandatory: message.mandatory ?? false,
    messageId: message.messageId ?? randomUUID(),
    headers: { ...message.headers },
    ...(message.correlationId === undefined ? {} : { correlationId: message.correlationId }),
    ...(message.replyTo === undefined ? {} : { replyTo: message.replyTo }),
  };
}

/** The same address and id are routed the same way, so twins in flight may share a key. */
function returnKey({ fields, properties }: Message): string {
  return [fields.exchange, fields.routingKey, properties.messageId].join('\n');
}
