import { randomUUID } from 'node:crypto';
import type { OutgoingMessage } from '../bus.ts';
import { noSuchQueue, refused } from '../refusals.ts';
import type { Exchange, Queue, Topology } from '../topology.ts';
import { matchesTopic } from './match-topic.ts';
import { MemoryQueue, type StoredMessage } from './memory-queue.ts';

interface Binding {
  readonly exchange: Exchange;
  readonly key: string;
  readonly queue: MemoryQueue;
}

/** Exchanges, bindings and queues of a topology, held in this process. */
export class MemoryBroker {
  readonly #exchanges: ReadonlyMap<string, Exchange>;
  readonly #queues = new Map<string, MemoryQueue>();
  readonly #bindings = new Set<Binding>();

  constructor(topology: Topology) {
    this.#exchanges = new Map(topology.exchanges.map((exchange) => [exchange.name, exchange]));
    for (const definition of topology.queues) this.#addQueue(definition);
  }

  /** @throws AppError `message_refused`. As with RabbitMQ, queues that had room keep their copy. */
  publish(message: OutgoingMessage): void {
    const targets = this.#route(message.exchange, message.routingKey);
    if (targets.length === 0 && message.mandatory === true) throw refused(message, 'unroutable');
    if (!offerToAll(targets, store(message))) throw refused(message, 'full');
  }

  /** @throws AppError `not_found` */
  queue(name: string): MemoryQueue {
    const queue = this.#queues.get(name);
    if (queue === undefined) throw noSuchQueue(name);
    return queue;
  }

  /** A queue nobody else can name, for broadcasts. */
  addPrivateQueue(exchange: string, bindingKey: string): { readonly queue: MemoryQueue; remove(): void } {
    const definition: Queue = { name: `private.${randomUUID()}`, type: 'classic', bindings: [], overflow: 'drop-head' };
    const queue = new MemoryQueue(definition, () => true);
    const binding = this.#bind(queue, exchange, bindingKey);
    const remove = () => {
      this.#bindings.delete(binding);
      queue.close();
    };
    return { queue, remove };
  }

  close(): void {
    for (const { queue } of this.#bindings) queue.close();
    for (const queue of this.#queues.values()) queue.close();
  }

  #addQueue(definition: Queue): void {
    const queue = new MemoryQueue(definition, (exchange, letter) => {
      const targets = this.#route(exchange, letter.routingKey);
      return targets.length > 0 && offerToAll(targets, letter);
    });
    this.#queues.set(queue.name, queue);
    for (const { exchange, key } of definition.bindings) this.#bind(queue, exchange, key);
  }

  #bind(queue: MemoryQueue, exchangeName: string, key: string): Binding {
    const exchange = this.#exchanges.get(exchangeName);
    if (exchange === undefined) throw new Error(`${queue.name} is bound to ${exchangeName}, which does not exist`);
    const binding = { exchange, key, queue };
    this.#bindings.add(binding);
    return binding;
  }

  #route(exchange: string, routingKey: string): readonly MemoryQueue[] {
    const byName = this.#queues.get(routingKey);
    if (exchange === '') return byName === undefined ? [] : [byName];
    const bound = [...this.#bindings].filter((binding) => binding.exchange.name === exchange);
    return [...new Set(bound.filter((binding) => accepts(binding, routingKey)).map((binding) => binding.queue))];
  }
}

function accepts(binding: Binding, routingKey: string): boolean {
  return binding.exchange.type === 'fanout' || matchesTopic(binding.key, routingKey);
}

function offerToAll(targets: readonly MemoryQueue[], message: StoredMessage): boolean {
  return targets.map((queue) => queue.offer(message)).every(Boolean);
}

/** As text, so that neither side can change what the other holds. */
function store(message: OutgoingMessage): StoredMessage {
  return {
    json: JSON.stringify(message.body),
    headers: { ...message.headers },
    routingKey: message.routingKey,
    messageId: message.messageId ?? randomUUID(),
    correlationId: message.correlationId,
    replyTo: message.replyTo,
    returns: 0,
  };
}
