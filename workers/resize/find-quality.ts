/** Searching the quality that meets a wish. Pure: the encoder comes in as a function, so the search can be tested alone. */

/** Below this, pictures fall apart whatever a score says; above, bytes buy nothing anybody sees. */
export const lowestQuality = 30;
export const highestQuality = 95;

export interface Tried<T> {
  readonly quality: number;
  readonly result: T;
  /** Whether it meets the wish. */
  readonly meets: boolean;
}

interface Search<T> {
  readonly from: number;
  readonly to: number;
  /** How many encodes at most. */
  readonly tries: number;
  /** Which of two that meet the wish is better. */
  readonly prefer: 'highest' | 'lowest';
  attempt(quality: number): Promise<{ readonly result: T; readonly meets: boolean }>;
}

/**
 * Halves the range at each try and keeps the best that met the wish, because scores are not monotonic in quality: a dark,
 * flat photograph met its target at 58 and missed it at 65 (reference: images-documents.md).
 * @returns the best that meets the wish, else the last tried at the generous end
 */
export async function findQuality<T>(search: Search<T>): Promise<Tried<T>> {
  const wantsHigh = search.prefer === 'highest';
  let { from, to } = search;
  let best: Tried<T> | undefined;
  for (let tries = 0; tries < search.tries && from <= to; tries++) {
    const quality = Math.round((from + to) / 2);
    const tried = { quality, ...(await search.attempt(quality)) };
    if (tried.meets && (best === undefined || wantsHigh === quality > best.quality)) best = tried;
    if (tried.meets === wantsHigh) from = quality + 1;
    else to = quality - 1;
  }
  if (best !== undefined) return best;
  const generous = wantsHigh ? search.from : search.to;
  return { quality: generous, ...(await search.attempt(generous)) };
}
