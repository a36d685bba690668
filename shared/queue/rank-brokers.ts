import { createHash } from 'node:crypto';
import type { Bus } from './bus.ts';

/**
 * The order in which to try the brokers: those that are well first, and among them by rendezvous hash of the message's id
 * (when a broker goes away, only its own messages move). Without an id in the order they were configured.
 */
export function rankBrokers(buses: readonly Bus[], messageId: string | undefined): readonly Bus[] {
  const ranked = buses.map((bus, place) => ({ bus, well: bus.health().ok, weight: weigh(messageId, place) }));
  ranked.sort((one, other) => Number(other.well) - Number(one.well) || other.weight - one.weight);
  return ranked.map(({ bus }) => bus);
}

function weigh(messageId: string | undefined, place: number): number {
  if (messageId === undefined) return -place;
  return createHash('sha1').update(`${place}:${messageId}`).digest().readUInt32BE(0);
}
