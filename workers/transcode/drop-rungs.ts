/** A rung with its quality reached, and what that costs and looks like. */
export interface Offer {
  /** Of the samples. */
  readonly bytes: number;
  /** Enlarged to the size of the top rung, on the goal's scale. */
  readonly onScreen: number;
}

/** A smaller picture has to save at least a fifth, or a player gains nothing by going down to it. */
const worthwhileSize = 0.8;

/**
 * From the top down: a rung goes when the one below looks the same on the screen (`step` less is not seen), and a rung below goes
 * when it is hardly smaller than the one above. At least one stays.
 */
export function dropRungs<T extends Offer & { readonly rung: { readonly name: string } }>(
  offers: readonly T[],
  step: number,
): { readonly kept: readonly T[]; readonly leftOut: readonly { readonly offer: T; readonly reason: string }[] } {
  const kept: T[] = [];
  const leftOut: { offer: T; reason: string }[] = [];
  for (const [index, offer] of offers.entries()) {
    const below = offers[index + 1];
    const above = kept.at(-1);
    if (below !== undefined && offer.onScreen - below.onScreen < step && below.bytes < offer.bytes)
      leftOut.push({ offer, reason: `${below.rung.name} looks the same` });
    else if (above !== undefined && offer.bytes >= above.bytes * worthwhileSize)
      leftOut.push({ offer, reason: `${above.rung.name} is hardly larger` });
    else kept.push(offer);
  }
  return { kept, leftOut };
}
