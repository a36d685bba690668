import type { Log } from '../log.ts';
import type { Bus, Consumer, Delivery } from './bus.ts';
import { epochMessage } from './epoch-message.ts';
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
  onDelivery(delivery: Delivery): Promise<void>;
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
    listen: (exchange, bindingKey, onMessage) => startListener(broker, exchange, bindingKey, closed, onMessage),
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
      consumption.onDelivery(delivery).catch((error: unknown) => {
        consumption.log.error({ err: error, queue: queue.name }, 'delivery.failed');
        delivery.release();
      });
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

function startListener(
  broker: MemoryBroker,
  exchange: string,
  bindingKey: string,
  closed: AbortSignal,
  onMessage: (body: unknown, routingKey: string) => void,
): Consumer {
  const { queue, remove } = broker.addPrivateQueue(exchange, bindingKey);
  let live = true;
  queue.subscribe({
    hasRoom: () => true,
    take(loan) {
      loan.ack();
      onMessage(JSON.parse(loan.message.json), loan.message.routingKey);
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
