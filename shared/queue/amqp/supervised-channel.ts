import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';
import type { Log } from '../../log.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { within } from './within.ts';

/** One generation of a channel. What was delivered on it can be settled on it alone. */
export interface LiveChannel<C extends Channel> {
  readonly channel: C;
  /** Aborts when the channel is gone. */
  readonly lost: AbortSignal;
  /** Declares it dead; the supervisor opens the next. Idempotent. */
  abandon(reason: string): void;
  /** The broker cancelled a consumer, mostly because its queue is gone. */
  cancelled(): void;
  /** Gives up a sound but idle channel for a new one. */
  renew(): void;
}

/** Why a channel ended; `missing`: something it used does not exist (any more). */
type End = 'lost' | 'missing' | 'renewed';
type WatchedChannel<C extends Channel> = LiveChannel<C> & { readonly end: End };

interface SupervisedChannelOptions<C extends Channel> {
  readonly connection: BrokerConnection;
  readonly name: string;
  readonly log: Log;
  readonly create: (model: ChannelModel) => Promise<C>;
  /** Runs on each new channel before it counts as live. */
  readonly setUp?: (live: LiveChannel<C>) => Promise<void>;
}

export const plainChannel = (model: ChannelModel): Promise<Channel> => model.createChannel();
export const confirmChannel = (model: ChannelModel): Promise<ConfirmChannel> => model.createConfirmChannel();

/** A channel that lived this long was sound: the next loss starts again with the shortest delay. */
const soundAfterMs = 5000;
const faultAfterMs = 500;

/**
 * A channel that comes back, also when the connection never went away: amqplib reconnects connections only, and after a
 * channel error or a cancel by the broker it would stay connected and silent for ever.
 */
export class SupervisedChannel<C extends Channel> {
  readonly #options: SupervisedChannelOptions<C>;
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #closing = new AbortController();
  readonly #ended: Promise<void>;
  #live: LiveChannel<C> | undefined;
  #downSince = Date.now();
  #mustDeclare = false;
  #fault: string | undefined;

  constructor(options: SupervisedChannelOptions<C>) {
    this.#options = options;
    this.#ended = this.#keepOpen();
  }

  get live(): LiveChannel<C> | undefined {
    return this.#live;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Milliseconds since it was last usable; 0 while it is. */
  get downForMs(): number {
    return this.#live === undefined ? Date.now() - this.#downSince : 0;
  }

  get fault(): string | undefined {
    // A renewal takes milliseconds and is nobody's business.
    if (this.downForMs < faultAfterMs || this.#closing.signal.aborted) return undefined;
    return `${this.#options.name} has no channel${this.#fault === undefined ? '' : `: ${this.#fault}`}`;
  }

  /** @throws when the signal aborts first */
  async ready(signal: AbortSignal): Promise<LiveChannel<C>> {
    while (this.#live === undefined) await once(this.#events, 'live', { signal });
    return this.#live;
  }

  /** Closes the channel; what it had lent goes back to its queue. */
  async close(): Promise<void> {
    this.#closing.abort();
    const live = this.#live;
    // Awaited, for it travels behind the last acks; a connection closed at once would overtake them.
    if (live !== undefined) await closePolitely(live.channel);
    live?.abandon('closed');
    await this.#ended;
  }

  async #keepOpen(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; failures += 1) {
      const startedAt = Date.now();
      try {
        await this.#openOnce(await this.#options.connection.whenUp(signal));
      } catch (error) {
        this.#lost(error instanceof Error ? error.message : String(error));
      }
      if (Date.now() - startedAt > soundAfterMs) failures = 0;
      await pause(reopenDelayMs(failures), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Opens one channel and stays with it until it is lost. */
  async #openOnce(model: ChannelModel): Promise<void> {
    const { name, setUp } = this.#options;
    const live: WatchedChannel<C> = watchChannel(await this.#create(model), this.#options.log);
    try {
      if (setUp !== undefined) await within(setUp(live), `setting up ${name}`);
      live.lost.throwIfAborted();
      this.#closing.signal.throwIfAborted();
    } catch (error) {
      live.abandon('its set-up failed');
      this.#mustDeclare = live.end === 'missing';
      throw error;
    }
    this.#live = live;
    this.#fault = undefined;
    this.#events.emit('live');
    await this.#untilLost(live);
    this.#mustDeclare = live.end === 'missing';
    if (live.end !== 'renewed') this.#lost(String(live.lost.reason));
  }

  /** Forgets it in the very moment of the loss, so that nobody is handed a dead channel. */
  #untilLost(live: LiveChannel<C>): Promise<void> {
    return new Promise((resolve) => {
      const forget = () => {
        this.#live = undefined;
        this.#downSince = Date.now();
        resolve();
      };
      live.lost.addEventListener('abort', forget, { once: true });
    });
  }

  async #create(model: ChannelModel): Promise<C> {
    const { connection, create, name } = this.#options;
    try {
      if (this.#mustDeclare) await connection.prepareAgain();
      return await within(create(model), `opening a channel for ${name}`);
    } catch (error) {
      // While blocked the broker reads nothing from this connection; a new one would be blocked as well.
      if (!connection.blocked) connection.replace(model, error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  #lost(reason: string): void {
    if (this.#closing.signal.aborted) return;
    if (this.#fault !== reason) this.#options.log.warn({ channel: this.#options.name, reason }, 'broker.channel_lost');
    this.#fault = reason;
  }
}

/** 0, 50, 100, 200, 400, 800, 1600, then 3000 ms; between 80 and 100 % of it. */
function reopenDelayMs(failures: number): number {
  const delayMs = failures === 0 ? 0 : Math.min(3000, 25 * 2 ** Math.min(failures, 10));
  return delayMs * (0.8 + 0.2 * Math.random());
}

function watchChannel<C extends Channel>(channel: C, log: Log): WatchedChannel<C> {
  const lost = new AbortController();
  let reason = 'the connection or channel was closed';
  let end: End = 'lost';
  channel.on('error', (error: Error & { readonly code?: number }) => {
    reason = error.message;
    if (error.code === 404) end = 'missing';
  });
  channel.on('handler-error', (error) => log.error({ err: error }, 'broker.handler_failed'));
  channel.on('close', () => lost.abort(reason));
  const giveUp = (because: string, as: End) => {
    if (lost.signal.aborted) return;
    end = as;
    lost.abort(because);
    // Not awaited: a broker that does not answer would hold up the next channel.
    void closePolitely(channel);
  };
  return {
    channel,
    lost: lost.signal,
    get end() {
      return end;
    },
    abandon: (because) => giveUp(because, end),
    cancelled: () => giveUp('the broker cancelled the consumer', 'missing'),
    renew: () => giveUp('it was idle', 'renewed'),
  };
}

async function closePolitely(channel: Channel): Promise<void> {
  try {
    await within(channel.close(), 'closing the channel', 2000);
  } catch {
    // It is closed already, or nobody answers: the end of its connection ends it too.
  }
}
