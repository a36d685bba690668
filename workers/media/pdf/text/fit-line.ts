import type { Line } from './break-lines.ts';
import { itemise, makePiece, type Piece, type TextTools } from './itemise.ts';
import { plainSpan, type TextStyle } from './styled-text.ts';

/** One line of plain text; what does not fit in `width` points ends in an ellipsis. */
export function fitLine(text: string, style: TextStyle, width: number, tools: TextTools): Line {
  const whole = measure(text, style, tools);
  if (whole.width <= width) return whole;
  const letters = Array.from(text);
  let low = 0;
  let high = letters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(`${letters.slice(0, middle).join('')}…`, style, tools).width <= width) low = middle;
    else high = middle - 1;
  }
  return measure(`${letters.slice(0, low).join('')}…`, style, tools);
}

function measure(text: string, style: TextStyle, tools: TextTools): Line {
  const { pieces } = itemise([plainSpan(text.replaceAll('\n', ' '), style)], tools);
  const trimmed = pieces.map((piece, index) => (index === pieces.length - 1 ? trim(piece, tools) : piece));
  return { pieces: trimmed, width: trimmed.reduce((sum, piece) => sum + piece.width, 0) };
}

const trim = (piece: Piece, tools: TextTools) =>
  piece.inkWidth === piece.width ? piece : makePiece({ ...piece, text: piece.text.trimEnd() }, tools);
