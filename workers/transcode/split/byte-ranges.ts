/** Both inclusive. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** One request costs about as much as so many bytes. */
const worthAGap = 256 * 1024;
/** Above this share of the file the file itself is simpler. */
const mostOfIt = 0.85;

/** Sorted and merged; null when little would be left out. */
export function mergeRanges(ranges: readonly ByteRange[], bytes: number): ByteRange[] | null {
  const merged: ByteRange[] = [];
  for (const { first, last } of [...ranges].sort((a, b) => a.first - b.first)) {
    const end = Math.min(last, bytes - 1);
    const before = merged.at(-1);
    if (before !== undefined && first <= before.last + worthAGap)
      merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, end) };
    else merged.push({ first, last: end });
  }
  const total = merged.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return total > bytes * mostOfIt ? null : merged;
}
