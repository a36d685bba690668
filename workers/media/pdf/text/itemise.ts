import type { Face, FontBook } from '../fonts/open-font-book.ts';
import { bidi } from './bidi.ts';
import type { Shape, Shaper } from './create-shaper.ts';
import type { EmojiBook } from './draw-emoji.ts';
import { findBreaks } from './find-breaks.ts';
import { splitLetters } from './split-letters.ts';
import type { InlineObject, Span, TextStyle } from './styled-text.ts';

export interface TextTools {
  readonly book: FontBook;
  readonly shape: Shaper;
  readonly emoji: EmojiBook;
}

/** The smallest thing that is moved as a whole: one word or less, of one style, face and direction. */
export interface Piece {
  readonly text: string;
  readonly style: TextStyle;
  readonly face: Face;
  /** UAX 9 embedding level: odd runs right to left. */
  readonly level: number;
  readonly shape: Shape;
  readonly object?: InlineObject;
  /** Points. `inkWidth` leaves the spaces at its end out. */
  readonly width: number;
  readonly inkWidth: number;
  readonly breakAfter: 'no' | 'may' | 'must';
}

export interface Itemised {
  readonly pieces: readonly Piece[];
  readonly rightToLeft: boolean;
}

/** Anything that can put text in another order than it is stored. */
const directional =
  /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Characters both bundled families have, so nobody needs to look. */
const plain = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u017f\u2013\u2014\u2018-\u201e\u2022\u2026]*$/;
const emptyShape: Shape = { glyphs: [], width: 0, unfaithful: false, rightToLeft: false };

/** Cuts styled text into pieces, in logical order. */
export function itemise(spans: readonly Span[], tools: TextTools): Itemised {
  const text = spans.map((span) => span.text).join('');
  const order = directional.test(text) ? bidi.getEmbeddingLevels(text, 'auto') : undefined;
  const breaks = findBreaks(text);
  const pieces: Piece[] = [];
  let start = 0;
  for (const span of spans) {
    const end = start + span.text.length;
    for (const segment of segments(text, start, end, breaks, order?.levels)) {
      pieces.push(...piecesOf(segment, span, tools));
    }
    start = end;
  }
  return { pieces, rightToLeft: ((order?.paragraphs[0]?.level ?? 0) & 1) === 1 };
}

interface Segment {
  readonly text: string;
  readonly level: number;
  readonly breakAfter: Piece['breakAfter'];
}

function* segments(
  text: string,
  start: number,
  end: number,
  breaks: ReadonlyMap<number, 'may' | 'must'>,
  levels: Uint8Array | undefined,
): Generator<Segment> {
  let from = start;
  for (let at = start + 1; at <= end; at++) {
    const turns = levels !== undefined && at < end && levels[at] !== levels[at - 1];
    if (at < end && !turns && !breaks.has(at)) continue;
    yield { text: text.slice(from, at), level: levels?.[from] ?? 0, breakAfter: breaks.get(at) ?? 'no' };
    from = at;
  }
}

function piecesOf(segment: Segment, span: Span, tools: TextTools): Piece[] {
  if (span.object !== undefined) return [objectPiece(segment, span, span.object, tools)];
  const parts = [...splitByFace(printable(segment.text), span.style, tools)];
  return parts.map((part, index) =>
    makePiece(
      {
        ...part,
        style: span.style,
        level: segment.level,
        breakAfter: index === parts.length - 1 ? segment.breakAfter : 'no',
      },
      tools,
    ),
  );
}

/** Line ends are kept as a piece's break, tabs become spaces, other controls have no picture. */
const printable = (text: string) =>
  plain.test(text) ? text : text.replaceAll('\t', '    ').replace(/[\p{Cc}\u2028\u2029\u00ad\u200b\ufeff]/gu, '');

interface Part {
  readonly text: string;
  readonly face: Face;
  readonly object?: InlineObject;
}

function* splitByFace(text: string, style: TextStyle, { book, emoji }: TextTools): Generator<Part> {
  if (plain.test(text)) return yield { text, face: book.main(style) };
  let run: Part | undefined;
  for (const segment of splitLetters(text)) {
    const object = emoji.find(segment, style.size);
    const face = object === undefined ? faceFor(segment, style, run?.face, book) : book.main(style);
    if (run !== undefined && object === undefined && run.object === undefined && run.face === face) {
      run = { ...run, text: run.text + segment };
      continue;
    }
    if (run !== undefined) yield run;
    run = { text: segment, face, ...(object && { object }) };
  }
  yield run ?? { text: '', face: book.main(style) };
}

/** Marks, joiners and selectors stay with what they belong to; neutral characters with the run before, if it has them. */
function faceFor(grapheme: string, style: TextStyle, before: Face | undefined, book: FontBook): Face {
  const codePoint = grapheme.codePointAt(0) ?? 0x20;
  const neutral = /^[\p{Script=Common}\p{Script=Inherited}]/u.test(grapheme) && codePoint > 0x7f;
  if (neutral && before?.font.hasGlyphForCodePoint(codePoint)) return before;
  return book.pick(codePoint, style);
}

type PieceParts = Pick<Piece, 'text' | 'style' | 'face' | 'level' | 'breakAfter'> & { readonly object?: InlineObject };

export function makePiece(parts: PieceParts, { shape }: Pick<TextTools, 'shape'>): Piece {
  if (parts.object !== undefined) {
    return { ...parts, shape: emptyShape, width: parts.object.width, inkWidth: parts.object.width };
  }
  const made = shape(parts.text, parts.face, (parts.level & 1) === 1);
  const points = parts.style.size / 1000;
  const width = made.width * points;
  return { ...parts, shape: made, width, inkWidth: width - spacesAtEnd(parts.text, made) * points };
}

/** How wide the spaces at the end of the text are: the last glyphs, or the first from right to left. */
function spacesAtEnd(text: string, { glyphs, rightToLeft }: Shape): number {
  const count = text.length - text.trimEnd().length;
  if (count === 0) return 0;
  const spaces = rightToLeft ? glyphs.slice(0, count) : glyphs.slice(-count);
  return spaces.reduce((sum, { advance }) => sum + advance, 0);
}

function objectPiece(segment: Segment, span: Span, object: InlineObject, { book }: TextTools): Piece {
  return {
    text: object.alt,
    style: span.style,
    face: book.main(span.style),
    level: segment.level,
    breakAfter: segment.breakAfter,
    shape: emptyShape,
    object,
    width: object.width,
    inkWidth: object.width,
  };
}
