import type { Face } from '../fonts/open-font-book.ts';

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
  /** The glyphs' own characters, read in visual order, are not the text: a reader needs to be told it. */
  readonly unfaithful: boolean;
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
  const run = face.font.layout(text, undefined, undefined, undefined, rightToLeft ? 'rtl' : 'ltr');
  const glyphs = run.glyphs.map((glyph, index): Glyph => {
    const position = run.positions[index];
    return {
      id: glyph.id,
      codePoints: glyph.codePoints,
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
    unfaithful: !rightToLeft && spelled !== text,
  };
}
