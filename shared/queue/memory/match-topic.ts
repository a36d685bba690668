/** Topic matching as RabbitMQ does it: words between dots, `*` is exactly one word, `#` is none or more. */
export function matchesTopic(pattern: string, key: string): boolean {
  return matchesWords(pattern.split('.'), key.split('.'));
}

function matchesWords(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return words.length === 0;
  if (first === '#')
    return words.some((_, skipped) => matchesWords(rest, words.slice(skipped))) || matchesWords(rest, []);
  return words.length > 0 && (first === '*' || first === words[0]) && matchesWords(rest, words.slice(1));
}
