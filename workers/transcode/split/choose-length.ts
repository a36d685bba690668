import type { Slots } from '../../splitter.ts';

/** Each chunk costs a start, a few seconds of decoding ahead of it and an encoder that has not looked around yet. */
const shortest = 20;
const longest = 60;
/** Several a slot, so that slow workers and a lost one cost little. */
const perSlot = 3;

/** Seconds of a chunk when nobody says. */
export function chooseLength(seconds: number, { total }: Slots, asked: number | undefined): number {
  return asked ?? Math.min(longest, Math.max(shortest, seconds / (perSlot * Math.max(1, total))));
}
