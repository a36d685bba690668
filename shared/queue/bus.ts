/**
 * The port every part publishes and consumes through; adapters: amqp-bus (RabbitMQ) and memory-bus (one process).
 * Both pass `test/conformance/bus-suite.ts`. Bodies are JSON.
 */
import type { Health } from '../part.ts';

export interface OutgoingMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly replyTo?: string;
  /** Fail with `message_refused` when no queue takes it. Default false. */
  readonly mandatory?: boolean;
}

/** A message lent to a consumer until it is settled. Settling twice, or after the channel was lost, does nothing. */
export interface Delivery {
  /** The parsed JSON; what is not JSON (strangers publish too) comes as its text. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly queue: string;
  readonly routingKey: string;
  readonly messageId: string | undefined;
  readonly correlationId: string | undefined;
  readonly replyTo: string | undefined;
  readonly redelivered: boolean;
  /** Aborts when the channel that lent the message is gone: the broker has given it to somebody else. */
  readonly lost: AbortSignal;
  ack(): void;
  /** To the dead letters of its queue. */
  reject(): void;
  /** Back to the queue; counts towards its delivery limit. */
  release(): void;
}

/** A supervised consumer: it re-opens itself after a lost connection, a closed channel or a cancel by the broker. */
export interface Consumer {
  /** True while a consumer tag is registered on a live channel. */
  readonly live: boolean;
  /** No new deliveries; those already lent can still be settled. Idempotent. */
  stop(): Promise<void>;
}

export interface ConsumeOptions {
  /** Deliveries lent at once. */
  readonly prefetch: number;
}

/** One slot of a worker: at most one delivery at a time, from several queues in strict order. */
export interface Slot {
  /** True while it can receive work (or is doing some) over a live channel. */
  readonly live: boolean;
  /**
   * The next message from the first of the queues that has one; waits (by push) while all are empty.
   * `undefined` when the signal aborts. The delivery must be settled before the next call.
   */
  take(queues: readonly string[], signal: AbortSignal): Promise<Delivery | undefined>;
  /** The same without waiting: `undefined` when all are empty (cron mode, `worker --drain`). */
  tryTake(queues: readonly string[]): Promise<Delivery | undefined>;
  close(): Promise<void>;
}

export interface Bus {
  /**
   * Resolves when the broker has confirmed the message (persistent). At most 16 unconfirmed a channel, 5 s deadline; while
   * the broker is away for more than a second it rejects at once. After `broker_unavailable` the message may have arrived.
   * Exchange '' leads to the queue named by the routing key: the answer to a `replyTo`.
   * @throws AppError `message_refused` (queue full, or mandatory and unroutable), `broker_unavailable` (retryable).
   */
  publish(message: OutgoingMessage): Promise<void>;
  /** A handler that rejects gives its message back, later each time (handle-delivery.ts). */
  consume(queue: string, options: ConsumeOptions, onDelivery: (delivery: Delivery) => Promise<void>): Consumer;
  /** A private, unnamed queue bound to an exchange, for broadcasts; lossy across reconnects. */
  listen(exchange: string, bindingKey: string, onMessage: (body: unknown, routingKey: string) => void): Consumer;
  openSlot(): Slot;
  /** Messages ready and consumers waiting in a queue. @throws AppError `not_found`, `broker_unavailable` */
  depth(queue: string): Promise<{ readonly ready: number; readonly consumers: number }>;
  /**
   * The random name this broker's disk goes by (a message kept in `farm.v1.epoch`); undefined when it was lost or never set.
   * A different answer than the ledger remembers means that the broker forgot its queues.
   */
  readEpoch(): Promise<string | undefined>;
  writeEpoch(epoch: string): Promise<void>;
  health(): Health;
  close(): Promise<void>;
}
