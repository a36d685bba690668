import type { Delivery, Slot } from './bus.ts';

/** One slot over several brokers: still one delivery at a time, and the order of the queues goes before the brokers'. */
export function joinSlots(slots: readonly Slot[]): Slot {
  const tryTake = (queues: readonly string[]) => takeFirst(slots, queues);
  return {
    get live() {
      return slots.some((slot) => slot.live);
    },
    tryTake,
    async take(queues, signal) {
      if (signal.aborted) return undefined;
      const live = slots.filter((slot) => slot.live);
      const ready = await takeFirst(live, queues).catch(() => undefined);
      return ready ?? (await raceForFirst(slots, queues, signal));
    },
    async close() {
      await Promise.all(slots.map((slot) => slot.close()));
    },
  };
}

/** @throws when a broker is away and none of the others has anything: it is not known that all are empty */
async function takeFirst(slots: readonly Slot[], queues: readonly string[]): Promise<Delivery | undefined> {
  let failure: unknown;
  const answering = new Set(slots);
  for (const queue of queues) {
    for (const slot of answering) {
      try {
        const delivery = await slot.tryTake([queue]);
        if (delivery !== undefined) return delivery;
      } catch (error) {
        failure = error;
        answering.delete(slot);
      }
    }
  }
  if (failure !== undefined) throw failure;
  return undefined;
}

/** All wait at once; the first to get something calls off the others, and what they got in the same moment is released. */
async function raceForFirst(
  slots: readonly Slot[],
  queues: readonly string[],
  signal: AbortSignal,
): Promise<Delivery | undefined> {
  const over = new AbortController();
  const giveUp = () => over.abort();
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  let winner: Delivery | undefined;
  const race = slots.map(async (slot) => {
    const delivery = await slot.take(queues, over.signal);
    if (delivery === undefined) return;
    if (winner !== undefined) delivery.release();
    winner ??= delivery;
    over.abort();
  });
  await Promise.all(race).finally(() => signal.removeEventListener('abort', giveUp));
  return winner;
}
