import type { Bus } from '../queue/bus.ts';
import { workQueue } from '../queue/topology.ts';
import type { Slots } from './claim-steps.ts';
import type { Lane } from './read-lanes.ts';

/** Enough to keep workers busy that have not been seen yet. */
const minInFlight = 16;
/** One step at work and two that wait, for each slot. */
const perSlot = 3;

/** How many more steps a work queue may take. The broker stays shallow, so that the ledger decides who is next (design §2). */
export async function roomOfLane(bus: Bus, lane: Lane): Promise<{ readonly room: number; readonly slots: Slots }> {
  const idle = await idleConsumers(bus, workQueue(lane.kind, lane.priorityClass));
  const total = lane.running + idle;
  const room = Math.max(0, Math.max(minInFlight, perSlot * total) - lane.inFlight);
  return { room, slots: { idle, total } };
}

interface Counted {
  readonly at: number;
  readonly consumers: number;
}

/** Consumers come and go slowly; asking the broker again for every submitted job would double its work. */
const countedForMs = 1000;
const counted = new WeakMap<Bus, Map<string, Counted>>();

/** Slots that wait at a queue; 0 when the broker cannot say, for then the minimum is allowed all the same. */
async function idleConsumers(bus: Bus, queue: string): Promise<number> {
  const counts = counted.get(bus) ?? new Map<string, Counted>();
  counted.set(bus, counts);
  const known = counts.get(queue);
  if (known && Date.now() - known.at < countedForMs) return known.consumers;
  const { consumers } = await bus.depth(queue).catch(() => ({ consumers: 0 }));
  counts.set(queue, { at: Date.now(), consumers });
  return consumers;
}
