import { makePiece, type Piece, type TextTools } from './itemise.ts';
import { splitLetters } from './split-letters.ts';

/** Pieces that stand in one line, in logical order. Points. */
export interface Line {
  readonly pieces: readonly Piece[];
  readonly width: number;
}

/** Fills lines of `width` points greedily; a word wider than a line is cut between letters. Always at least one line. */
export function breakLines(pieces: readonly Piece[], width: number, tools: Pick<TextTools, 'shape'>): Line[] {
  const lines: Line[] = [];
  let line: Piece[] = [];
  const end = () => {
    const trimmed = trimEnd(line, tools);
    lines.push({ pieces: trimmed, width: sum(trimmed) });
    line = [];
  };
  for (const word of words(pieces)) {
    if (line.length > 0 && sum(line) + inkWidth(word) > width) end();
    for (const piece of fitWord(word, width, tools)) {
      if (line.length > 0 && sum(line) + piece.inkWidth > width) end();
      line.push(piece);
    }
    if (word.at(-1)?.breakAfter === 'must') end();
  }
  if (line.length > 0 || lines.length === 0) end();
  return lines;
}

/** Pieces between two break opportunities stay together. */
function* words(pieces: readonly Piece[]): Generator<readonly Piece[]> {
  let word: Piece[] = [];
  for (const piece of pieces) {
    word.push(piece);
    if (piece.breakAfter === 'no') continue;
    yield word;
    word = [];
  }
  if (word.length > 0) yield word;
}

const sum = (pieces: readonly Piece[]) => pieces.reduce((total, { width }) => total + width, 0);
const inkWidth = (pieces: readonly Piece[]) => sum(pieces.slice(0, -1)) + (pieces.at(-1)?.inkWidth ?? 0);

/** Spaces at the end of a line take no room; in right-to-left text they would push the line off its edge (UAX 9, L1). */
function trimEnd(line: readonly Piece[], tools: Pick<TextTools, 'shape'>): readonly Piece[] {
  const last = line.at(-1);
  if (last === undefined || last.object !== undefined || last.inkWidth === last.width) return line;
  return [...line.slice(0, -1), makePiece({ ...last, text: last.text.trimEnd() }, tools)];
}

function fitWord(word: readonly Piece[], width: number, tools: Pick<TextTools, 'shape'>): readonly Piece[] {
  return inkWidth(word) <= width
    ? word
    : word.flatMap((piece) => (piece.object === undefined ? cut(piece, width, tools) : [piece]));
}

/** Letters are measured one by one, which is a little off where they join or kern, but linear: a word may be a megabyte long. */
function cut(piece: Piece, width: number, tools: Pick<TextTools, 'shape'>): Piece[] {
  const parts: string[] = [];
  let part = '';
  let partWidth = 0;
  for (const letter of splitLetters(piece.text)) {
    const more = (tools.shape(letter, piece.face, (piece.level & 1) === 1).width * piece.style.size) / 1000;
    if (part !== '' && partWidth + more > width) {
      parts.push(part);
      part = '';
      partWidth = 0;
    }
    part += letter;
    partWidth += more;
  }
  parts.push(part);
  return parts.map((text, index) =>
    makePiece({ ...piece, text, breakAfter: index === parts.length - 1 ? piece.breakAfter : 'no' }, tools),
  );
}
