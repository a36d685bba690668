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
export function dropRungs<T extends Offer>(offers: readonly T[], step: number): readonly T[] {
  const seen = offers.filter((offer, index) => {
    const below = offers[index + 1];
    return below === undefined || offer.onScreen - below.onScreen >= step || below.bytes >= offer.bytes;
  });
  const kept: T[] = [];
  for (const offer of seen) {
    const above = kept.at(-1);
    if (above === undefined || offer.bytes < above.bytes * worthwhileSize) kept.push(offer);
  }
  return kept;
}
