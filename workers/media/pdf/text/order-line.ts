import type { Piece } from './itemise.ts';

/** UAX 9 rule L2: from the highest level down to the lowest odd one, reverse every run at that level or above. */
export function orderLine(pieces: readonly Piece[]): readonly Piece[] {
  const highest = Math.max(0, ...pieces.map(({ level }) => level));
  if (highest === 0) return pieces;
  let ordered = [...pieces];
  for (let level = highest; level >= 1; level--) ordered = reverseRuns(ordered, level);
  return ordered;
}

function reverseRuns(pieces: readonly Piece[], level: number): Piece[] {
  const result: Piece[] = [];
  let run: Piece[] = [];
  for (const piece of pieces) {
    if (piece.level >= level) {
      run.unshift(piece);
      continue;
    }
    result.push(...run, piece);
    run = [];
  }
  return [...result, ...run];
}
