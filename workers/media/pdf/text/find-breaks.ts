import LineBreaker from 'linebreak';

/** Scripts written without spaces, whose words only a dictionary (ICU, in every Node) can tell apart. */
const spaceless = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu;

/** UAX 14 opportunities: position in the text → whether the line must end there. The end of the text is not one. */
export function findBreaks(text: string): Map<number, 'may' | 'must'> {
  const breaks = new Map<number, 'may' | 'must'>();
  const breaker = new LineBreaker(text);
  for (let next = breaker.nextBreak(); next !== null; next = breaker.nextBreak()) {
    const required = next.required === true && text[next.position - 1] === '\n';
    if (next.position < text.length || required) breaks.set(next.position, required ? 'must' : 'may');
  }
  for (const match of text.matchAll(spaceless)) addWords(breaks, match[0], match.index);
  return breaks;
}

const words = new Intl.Segmenter('th', { granularity: 'word' });

function addWords(breaks: Map<number, 'may' | 'must'>, run: string, offset: number): void {
  for (const { index } of words.segment(run)) {
    if (index > 0 && !breaks.has(offset + index)) breaks.set(offset + index, 'may');
  }
}
