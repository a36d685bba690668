import type { Fault, Source } from './source.ts';

interface Rule {
  readonly pattern: RegExp;
  readonly applies: (path: string) => boolean;
  readonly sentence: string;
}

const rules: readonly Rule[] = [
  {
    pattern: /\b(?:TOD[O]|FIXM[E])\b(?!.*docs\/)/,
    applies: () => true,
    sentence: 'A reminder without a page in docs/ that explains it is forgotten; do it, or name the page.',
  },
  {
    pattern: /(?<![\w.)}*-])\/(?:work|root|home\/\w+|Users\/\w+|tmp\/farm)(?:\/|\b(?=['"`\s]))/,
    applies: (path) => path !== 'package-lock.json',
    sentence: 'This path exists on one machine only.',
  },
  {
    pattern: /"resolved": "https?:/,
    applies: (path) => path === 'package-lock.json',
    sentence: 'A registry host does not belong into the lock file (omit-lockfile-registry-resolved).',
  },
];

export function checkText(sources: readonly Source[]): readonly Fault[] {
  return sources.flatMap(({ path, text }) => {
    const applying = rules.filter((rule) => rule.applies(path) && rule.pattern.test(text));
    if (applying.length === 0) return [];
    return text
      .split('\n')
      .flatMap((line, at) =>
        applying
          .filter((rule) => rule.pattern.test(line))
          .map(({ sentence }) => ({ file: path, line: at + 1, sentence })),
      );
  });
}
