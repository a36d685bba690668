/** Tags and names of languages, from what containers say (ISO 639-2, often nothing). */

/** The BCP 47 tag players and browsers compare with (`eng` → `en`, `fre` → `fr`); undefined when nobody knows. */
export function languageTag(language: string): string | undefined {
  if (!/^[a-z]{2,3}$/.test(language) || language === 'und') return undefined;
  return Intl.getCanonicalLocales(language)[0];
}

/** However they are written: `ger`, `deu` and `de` are one. */
export function sameLanguage(one: string, other: string): boolean {
  return one === other || (languageTag(one) ?? one) === (languageTag(other) ?? other);
}

const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

/** In English; undefined when there is no name for it. */
function languageName(language: string): string | undefined {
  const tag = languageTag(language);
  return tag === undefined ? undefined : names.of(tag);
}

interface Track {
  readonly language: string;
  readonly title: string | undefined;
}

/** What a player shows in its menu; every track of a group gets a name of its own (RFC 8216 §4.3.4.1). */
export function nameTracks(tracks: readonly Track[], noun: string): readonly string[] {
  const taken = new Set<string>();
  return tracks.map(({ language, title }, position) => {
    const name = title ?? languageName(language) ?? `${noun} ${position + 1}`;
    const unique = taken.has(name) ? `${name} (${position + 1})` : name;
    taken.add(unique);
    return unique;
  });
}
