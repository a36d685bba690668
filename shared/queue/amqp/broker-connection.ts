import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type ChannelModel, connect, type RecoveringChannelModel } from 'amqplib';
import type { Log } from '../../log.ts';
import type { BrokerAddress } from './broker-address.ts';
import { answerWithinMs, within } from './within.ts';

interface ConnectionOptions {
  readonly address: BrokerAddress;
  /** Shown in RabbitMQ's list of connections. */
  readonly name: string;
  /** Runs on every new connection before anybody may use it; answers what the broker refused. */
  readonly prepare: (model: ChannelModel) => Promise<readonly string[]>;
  readonly log: Log;
}

/** After a loss: 0.1, 0.2, 0.4, 0.8, 1.6, then every 2.5–3 s for ever, each ±20 %. */
const recovery = { initialDelay: 100, factor: 2, maxDelay: 3000, jitter: 0.2, waitForConnect: false };
const replaceAfterMs = 1000;
const prepareAgainAfterMs = 1000;

/**
 * One connection that comes back. amqplib's `recovery` reconnects; this adds what it leaves open: nothing is handed out
 * before `prepare` is done, a connection that is up but does not answer is replaced, and the reason is kept for health.
 */
export class BrokerConnection {
  readonly #options: ConnectionOptions;
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #closing = new AbortController();
  #recovering: RecoveringChannelModel | undefined;
  #connected: ChannelModel | undefined;
  #model: ChannelModel | undefined;
  #preparing: Promise<void> | undefined;
  #refusals: readonly string[] = [];
  #downBecause: string | undefined = 'not connected yet';
  #blockedBecause: string | undefined;
  #tried = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    void this.#start();
  }

  /** Why it cannot be used, or what is wrong though it can; undefined when all is well. */
  get fault(): string | undefined {
    if (this.#downBecause !== undefined) return `${this.#options.address.label}: ${this.#downBecause}`;
    if (this.#blockedBecause !== undefined) return `the broker takes no messages: ${this.#blockedBecause}`;
    return this.#refusals[0] && `the broker refused ${this.#refusals.join('; ')}`;
  }

  get up(): boolean {
    return this.#model !== undefined;
  }

  /** The broker is out of memory or disk and does not read what we send. */
  get blocked(): boolean {
    return this.#blockedBecause !== undefined;
  }

  /** The connection once it is up and prepared. @throws when the signal aborts first */
  async whenUp(signal: AbortSignal): Promise<ChannelModel> {
    while (this.#model === undefined) await once(this.#events, 'up', { signal });
    return this.#model;
  }

  /** Resolves when the first attempt has gone well or wrong. */
  async whenTried(): Promise<void> {
    if (!this.#tried) await once(this.#events, 'tried');
  }

  /**
   * Prepares again, after somebody deleted a queue or exchange. Not at once: on RabbitMQ 3.10 a quorum queue that is declared
   * anew before all channels heard of its end keeps their consumers, lends to them and delivers nothing (4 of 25 trials).
   */
  prepareAgain(): Promise<void> {
    this.#preparing ??= pause(prepareAgainAfterMs, undefined, { signal: this.#closing.signal })
      .then(() => (this.#model === undefined ? undefined : this.#prepare(this.#model)))
      .finally(() => {
        this.#preparing = undefined;
      });
    return this.#preparing;
  }

  /** Gives up a connection that does not answer and makes a new one; does nothing if it is not the present one. */
  replace(model: ChannelModel, reason: string): void {
    const old = this.#recovering;
    if (old === undefined || this.#connected !== model || this.#closing.signal.aborted) return;
    this.#recovering = undefined;
    this.#lose(reason);
    void this.#end(old, model);
    pause(replaceAfterMs, undefined, { signal: this.#closing.signal }).then(
      () => this.#start(),
      () => undefined,
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const recovering = this.#recovering;
    this.#recovering = undefined;
    this.#model = undefined;
    this.#downBecause = 'closed';
    if (recovering !== undefined) await this.#end(recovering, this.#connected);
  }

  async #start(): Promise<void> {
    const { address, name } = this.#options;
    const recovering = await connect(address.url, {
      recovery,
      noDelay: true,
      keepAlive: true,
      timeout: answerWithinMs,
      clientProperties: { connection_name: name },
    });
    this.#recovering = recovering;
    recovering.on('error', () => undefined);
    recovering.on('connect', (model) => this.#recovering === recovering && void this.#adopt(model));
    recovering.on('connect-failed', (error) => this.#recovering === recovering && this.#lose(describe(error)));
    recovering.on('disconnect', (error) => this.#recovering === recovering && this.#lose(describe(error)));
    recovering.on('blocked', (reason) => this.#block(reason));
    recovering.on('unblocked', () => this.#block(undefined));
    if (this.#closing.signal.aborted) await this.#end(recovering, undefined);
  }

  async #adopt(model: ChannelModel): Promise<void> {
    this.#connected = model;
    try {
      await this.#prepare(model);
    } catch (error) {
      this.replace(model, describe(error));
      return;
    }
    if (this.#connected !== model || this.#closing.signal.aborted) return;
    this.#downBecause = undefined;
    this.#model = model;
    this.#options.log.info({ connection: this.#options.name, refusals: this.#refusals }, 'broker.connected');
    this.#events.emit('up');
    this.#settleFirstTry();
  }

  async #prepare(model: ChannelModel): Promise<void> {
    this.#refusals = await this.#options.prepare(model);
    if (this.#refusals.length > 0) {
      this.#options.log.error({ connection: this.#options.name, refusals: this.#refusals }, 'broker.topology_refused');
    }
  }

  #lose(reason: string): void {
    if (this.#downBecause !== reason) {
      this.#options.log.warn({ connection: this.#options.name, reason }, 'broker.disconnected');
    }
    this.#model = undefined;
    this.#connected = undefined;
    this.#blockedBecause = undefined;
    this.#downBecause = reason;
    this.#settleFirstTry();
  }

  #settleFirstTry(): void {
    this.#tried = true;
    this.#events.emit('tried');
  }

  #block(reason: string | undefined): void {
    this.#blockedBecause = reason;
    this.#options.log.warn({ connection: this.#options.name, reason }, reason ? 'broker.blocked' : 'broker.unblocked');
  }

  /** A polite goodbye, and if it is not answered the end of the socket. */
  async #end(recovering: RecoveringChannelModel, model: ChannelModel | undefined): Promise<void> {
    await within(recovering.close(), 'closing the connection', 2000).catch(() => undefined);
    const { stream } = (model?.connection ?? {}) as { stream?: { destroy(error: Error): void } };
    stream?.destroy(new Error('given up'));
  }
}

/** The words of an error, also of an AggregateError (several addresses of one name), which has none of its own. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join(', ');
  return error instanceof Error ? error.message : String(error);
}
