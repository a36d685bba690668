/** Both inclusive. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** One request costs about as much as so many bytes. */
const worthAGap = 256 * 1024;
/** Above this share of the file the file itself is simpler. */
const mostOfIt = 0.85;
/** They travel with every part. */
const mostRanges = 256;

/** Sorted and merged, without what lies beyond the end of the file; null when little would be left out, or when they are too many. */
export function mergeRanges(ranges: readonly ByteRange[], bytes: number): ByteRange[] | null {
  const merged: ByteRange[] = [];
  const inside = ranges.filter(({ first }) => first < bytes);
  for (const { first, last } of inside.sort((a, b) => a.first - b.first)) {
    const end = Math.min(last, bytes - 1);
    const before = merged.at(-1);
    if (before !== undefined && first <= before.last + worthAGap)
      merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, end) };
    else merged.push({ first, last: end });
  }
  const total = merged.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return total > bytes * mostOfIt || merged.length > mostRanges ? null : merged;
}
