import type { Log } from '../log.ts';
import type { Bus, Consumer, Delivery } from './bus.ts';
import { epochMessage } from './epoch-message.ts';
import { handleDelivery } from './handle-delivery.ts';
import { MemoryBroker } from './memory/memory-broker.ts';
import { memoryDelivery } from './memory/memory-delivery.ts';
import { createMemorySlot } from './memory/memory-slot.ts';
import { unavailable } from './refusals.ts';
import { queues, type Topology } from './topology.ts';

interface Consumption {
  readonly queue: string;
  readonly prefetch: number;
  readonly closed: AbortSignal;
  readonly log: Log;
  readonly onDelivery: (delivery: Delivery) => Promise<void>;
}

interface Listening {
  readonly exchange: string;
  readonly bindingKey: string;
  readonly closed: AbortSignal;
  readonly log: Log;
  readonly onMessage: (body: unknown, routingKey: string) => void;
}

/** The broker of `npm start` and of fast tests: one process, RabbitMQ's semantics, nothing on disk. The ledger sends again. */
export function createMemoryBus(options: { readonly topology: Topology; readonly log: Log }): Bus {
  const broker = new MemoryBroker(options.topology);
  const closing = new AbortController();
  const closed = closing.signal;
  return {
    async publish(message) {
      if (closed.aborted) throw unavailable('it is closed');
      broker.publish(message);
    },
    consume(queue, { prefetch }, onDelivery) {
      return startConsumer(broker, { queue, prefetch, onDelivery, closed, log: options.log });
    },
    listen: (exchange, bindingKey, onMessage) =>
      startListener(broker, { exchange, bindingKey, onMessage, closed, log: options.log }),
    openSlot: () => createMemorySlot(broker, closed),
    async depth(queue) {
      return broker.queue(queue).depth;
    },
    async readEpoch() {
      const loan = broker.queue(queues.epoch).takeNow();
      loan?.release();
      return loan && (JSON.parse(loan.message.json) as string);
    },
    async writeEpoch(epoch) {
      broker.publish(epochMessage(epoch));
    },
    health: () => (closed.aborted ? { name: 'broker', ok: false, reason: 'closed' } : { name: 'broker', ok: true }),
    async close() {
      closing.abort();
      broker.close();
    },
  };
}

function startConsumer(broker: MemoryBroker, consumption: Consumption): Consumer {
  const queue = broker.queue(consumption.queue);
  let lent = 0;
  let live = true;
  const leave = queue.subscribe({
    hasRoom: () => lent < consumption.prefetch,
    take(loan) {
      lent += 1;
      const delivery = memoryDelivery(queue.name, loan, consumption.closed, () => {
        lent -= 1;
        queue.wake();
      });
      void handleDelivery(delivery, consumption.onDelivery, consumption.log);
    },
  });
  return {
    get live() {
      return live && !consumption.closed.aborted;
    },
    async stop() {
      live = false;
      leave();
    },
  };
}

function startListener(broker: MemoryBroker, listening: Listening): Consumer {
  const { exchange, bindingKey, closed, log, onMessage } = listening;
  const { queue, remove } = broker.addPrivateQueue(exchange, bindingKey);
  let live = true;
  queue.subscribe({
    hasRoom: () => true,
    take(loan) {
      loan.ack();
      try {
        onMessage(JSON.parse(loan.message.json), loan.message.routingKey);
      } catch (error) {
        log.error({ err: error, exchange }, 'broadcast.failed');
      }
    },
  });
  return {
    get live() {
      return live && !closed.aborted;
    },
    async stop() {
      live = false;
      remove();
    },
  };
}
