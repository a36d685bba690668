const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** V8's segmenter takes time with the square of the text (60 000 letters: 3 s), so it gets pieces of this many units. */
const chunkUnits = 1000;
/** Marks, joiners, skin tones and second halves belong to the letter before, and what follows a mark or joiner may (Indic conjuncts). */
const joinsBefore = /^(?:\p{M}|\p{Cf}|\p{Emoji_Modifier}|[\udc00-\udfff])/u;
const joinsAfter = /^(?:\p{M}|\p{Cf})/u;

/** The letters of a text as people see them: grapheme clusters (UAX 29). */
export function* splitLetters(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + chunkUnits);
    // Never more than a second piece further: a text may be all accents.
    while (end < text.length && end < start + 2 * chunkUnits && belongsBefore(text, end)) end++;
    for (const { segment } of graphemes.segment(text.slice(start, end))) yield segment;
    start = end;
  }
}

const belongsBefore = (text: string, at: number) =>
  joinsBefore.test(String.fromCodePoint(text.codePointAt(at) ?? 0)) || joinsAfter.test(text[at - 1] ?? '');
