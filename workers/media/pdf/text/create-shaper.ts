import type { Face } from '../fonts/open-font-book.ts';
import { bidi } from './bidi.ts';

/** Widths and offsets in thousandths of the size. */
export interface Glyph {
  readonly id: number;
  readonly codePoints: readonly number[];
  readonly advance: number;
  /** What the font says the glyph is wide; `advance` also holds kerning. */
  readonly nominal: number;
  readonly xOffset: number;
  readonly yOffset: number;
}

export interface Shape {
  /** In visual order, left to right. */
  readonly glyphs: readonly Glyph[];
  readonly width: number;
  /**
   * The glyphs' own characters in their order are not the text, or marks leave the baseline: a reader needs to be told the text.
   * Never so from right to left, where readers turn the order themselves and would turn a told text once more.
   */
  readonly unfaithful: boolean;
  readonly rightToLeft: boolean;
}

export type Shaper = (text: string, face: Face, rightToLeft: boolean) => Shape;

/** Words come again and again, and a document is laid out twice; past this many the cache starts afresh. */
const maxCached = 50_000;

export function createShaper(): Shaper {
  const caches = new Map<Face, Map<string, Shape>>();
  let cached = 0;
  return (text, face, rightToLeft) => {
    if (cached > maxCached) {
      caches.clear();
      cached = 0;
    }
    const cache = caches.get(face) ?? new Map<string, Shape>();
    caches.set(face, cache);
    const key = rightToLeft ? `\u202e${text}` : text;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const made = shape(text, face, rightToLeft);
    cache.set(key, made);
    cached++;
    return made;
  };
}

function shape(text: string, face: Face, rightToLeft: boolean): Shape {
  const run = face.font.layout(
    rightToLeft ? mirrored(text) : text,
    undefined,
    undefined,
    undefined,
    rightToLeft ? 'rtl' : 'ltr',
  );
  const glyphs = run.glyphs.map((glyph, index): Glyph => {
    const position = run.positions[index];
    return {
      id: glyph.id,
      codePoints: rightToLeft ? meaningRightToLeft(glyph.codePoints) : glyph.codePoints,
      advance: (position?.xAdvance ?? 0) * face.scale,
      nominal: glyph.advanceWidth * face.scale,
      xOffset: (position?.xOffset ?? 0) * face.scale,
      yOffset: (position?.yOffset ?? 0) * face.scale,
    };
  });
  const spelled = glyphs.map(({ codePoints }) => String.fromCodePoint(...codePoints)).join('');
  return {
    glyphs,
    width: glyphs.reduce((sum, { advance }) => sum + advance, 0),
    rightToLeft,
    unfaithful: !rightToLeft && (spelled !== text || /\p{M}/u.test(text)),
  };
}

/** UAX 9 rule L4: brackets in right-to-left text show their mirror image, but still mean what was written. */
const mirrored = (text: string) =>
  Array.from(text, (character) => bidi.getMirroredCharacter(character) ?? character).join('');

/** Readers turn the characters of one glyph round too, so a letter with its sign is named as one character where Unicode has it. */
const meaningRightToLeft = (codePoints: readonly number[]): number[] =>
  Array.from(
    mirrored(String.fromCodePoint(...codePoints).normalize('NFC')),
    (character) => character.codePointAt(0) ?? 0,
  );
