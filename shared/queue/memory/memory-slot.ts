import type { Delivery, Slot } from '../bus.ts';
import type { MemoryBroker } from './memory-broker.ts';
import { memoryDelivery } from './memory-delivery.ts';
import type { Loan, MemoryQueue } from './memory-queue.ts';

export function createMemorySlot(broker: MemoryBroker, closed: AbortSignal): Slot {
  const slotClosed = new AbortController();
  const ended = AbortSignal.any([slotClosed.signal, closed]);
  const lend = (queue: MemoryQueue, loan: Loan): Delivery => memoryDelivery(queue.name, loan, closed, () => undefined);

  function takeNow(queues: readonly MemoryQueue[]): Delivery | undefined {
    for (const queue of queues) {
      const loan = queue.takeNow();
      if (loan !== undefined) return lend(queue, loan);
    }
    return undefined;
  }

  return {
    get live() {
      return !ended.aborted;
    },
    async take(names, signal) {
      const stop = AbortSignal.any([signal, ended]);
      if (stop.aborted) return undefined;
      const queues = names.map((name) => broker.queue(name));
      return takeNow(queues) ?? (await waitForFirst(queues, stop, lend));
    },
    async tryTake(names) {
      return ended.aborted ? undefined : takeNow(names.map((name) => broker.queue(name)));
    },
    async close() {
      slotClosed.abort();
    },
  };
}

/** Leaves all queues in the moment one of them lends, so a second message is never drawn. */
function waitForFirst(
  queues: readonly MemoryQueue[],
  stop: AbortSignal,
  lend: (queue: MemoryQueue, loan: Loan) => Delivery,
): Promise<Delivery | undefined> {
  return new Promise((resolve) => {
    let waiting = true;
    const finish = (delivery: Delivery | undefined) => {
      waiting = false;
      stop.removeEventListener('abort', giveUp);
      for (const leave of leaves) leave();
      resolve(delivery);
    };
    const giveUp = () => finish(undefined);
    const leaves = queues.map((queue) =>
      queue.subscribe({ hasRoom: () => waiting, take: (loan) => finish(lend(queue, loan)) }),
    );
    stop.addEventListener('abort', giveUp, { once: true });
  });
}
