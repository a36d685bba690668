/**
 * The same value without what no PostgreSQL column holds: NUL, and halves of surrogate pairs. Facts come from files of
 * strangers (the title of a PDF, a tag of a song), and one such letter would keep its report from ever being applied.
 */
export function makeStorable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(makeStorable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [storableText(name), makeStorable(item)]));
}

// With the u flag \p{Cs} matches lone surrogates only.
const storableText = (text: string) => text.replaceAll('\u0000', '').replace(/\p{Cs}/gu, '\ufffd');
