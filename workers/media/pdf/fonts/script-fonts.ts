/**
 * Which Noto family writes which Unicode script. Noto names its files after the script, so only the odd ones are listed.
 * CJK ideographs are shared by four languages with different shapes: kana and hangul tell, otherwise simplified Chinese.
 */
const cjk = ['Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Hangul'];

const scripts = [
  ...['Arabic', 'Hebrew', 'Thai', 'Devanagari', 'Bengali', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Gujarati'],
  ...['Gurmukhi', 'Oriya', 'Sinhala', 'Khmer', 'Lao', 'Myanmar', 'Tibetan', 'Georgian', 'Armenian', 'Ethiopic'],
  ...[
    'Cherokee',
    'Mongolian',
    'Syriac',
    'Thaana',
    'Nko',
    'Javanese',
    'Balinese',
    'Canadian_Aboriginal',
    'Yi',
    'Tifinagh',
  ],
  ...[
    'Vai',
    'Adlam',
    'Coptic',
    'Gothic',
    'Runic',
    'Ogham',
    'Glagolitic',
    'Tagalog',
    'Cham',
    'Sundanese',
    'Osage',
    'Lisu',
  ],
];

const tests: readonly (readonly [name: string, test: RegExp])[] = [...cjk, ...scripts].map((name) => [
  name,
  new RegExp(`\\p{Script_Extensions=${name}}`, 'u'),
]);

/** The script of a character that the bundled fonts may not have; undefined for Latin, symbols and everything else. */
export function scriptOf(character: string): string | undefined {
  const script = tests.find(([, test]) => test.test(character))?.[0];
  return script !== undefined && cjk.includes(script) ? 'CJK' : script;
}

export interface FaceFile {
  readonly file: string;
  /** The face inside a collection (.ttc). */
  readonly face?: string;
}

/** Font files to try for a script, best first. */
export function filesForScript(script: string | undefined, bold: boolean): FaceFile[] {
  const weights = bold ? ['Bold', 'Regular'] : ['Regular'];
  if (script === 'CJK') {
    return weights.flatMap((weight) => [
      { file: `NotoSansCJK-${weight}.ttc`, face: `NotoSansCJKsc-${weight}` },
      { file: `NotoSansCJKsc-${weight}.otf` },
      { file: `NotoSansSC-${weight}.otf` },
      { file: `NotoSansSC-${weight}.ttf` },
    ]);
  }
  if (script === 'Arabic') return weights.flatMap((weight) => names(['NotoNaskhArabic', 'NotoSansArabic'], weight));
  if (script === 'Tibetan') return weights.flatMap((weight) => names(['NotoSerifTibetan'], weight));
  const family = script === 'Nko' ? 'NotoSansNKo' : `NotoSans${script?.replaceAll('_', '') ?? ''}`;
  const own = script === undefined ? [] : weights.flatMap((weight) => names([family], weight));
  return [...own, ...names(['NotoSansSymbols2', 'NotoSansSymbols', 'NotoSansMath', 'NotoMusic'], 'Regular')];
}

const names = (families: readonly string[], weight: string): FaceFile[] =>
  families.map((family) => ({ file: `${family}-${weight}.ttf` }));
