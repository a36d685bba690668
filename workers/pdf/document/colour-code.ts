import { common, createLowlight } from 'lowlight';
import type { Span, TextStyle } from '../../media/pdf/text/styled-text.ts';

/** Larger blocks are data, not code to read (139 ms per 100 kB). */
const maxChars = 100_000;

const highlighter = createLowlight(common);

/** Colours with at least 4.5 : 1 contrast on the ground of code. */
const looks: readonly (readonly [test: RegExp, look: Partial<TextStyle>])[] = [
  [/comment|quote/, { colour: '#57606a', italic: true }],
  [/keyword|selector-tag|doctag|meta-keyword|template-tag/, { colour: '#a40e26' }],
  [/string|regexp|addition|meta-string/, { colour: '#0a3069' }],
  [/number|literal|symbol|bullet|attr|variable\.constant|selector-(attr|class|id)/, { colour: '#0550ae' }],
  [/title|section|name|built_in|type/, { colour: '#6639ba' }],
  [/deletion/, { colour: '#82071e' }],
  [/meta|link/, { colour: '#57606a' }],
];

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
  readonly properties?: { readonly className?: unknown };
}

/** The lines of a block of code, each as spans. Unknown languages stay in one colour. */
export function colourCode(text: string, language: string, base: TextStyle): Span[][] {
  const known = language !== '' && text.length <= maxChars && highlighter.registered(language.toLowerCase());
  const spans = known
    ? [...spansOf(highlighter.highlight(language.toLowerCase(), text) as Node, base)]
    : [{ text, style: base }];
  return splitLines(spans);
}

function* spansOf(node: Node, style: TextStyle): Generator<Span> {
  if (node.type === 'text') yield { text: node.value ?? '', style };
  const names = Array.isArray(node.properties?.className) ? node.properties.className.join(' ') : '';
  const look = names === '' ? undefined : looks.find(([test]) => test.test(names))?.[1];
  const inner = look === undefined ? style : { ...style, ...look };
  for (const child of node.children ?? []) yield* spansOf(child, inner);
}

function splitLines(spans: readonly Span[]): Span[][] {
  const lines: Span[][] = [[]];
  for (const { text, style } of spans) {
    for (const [index, part] of text.split('\n').entries()) {
      if (index > 0) lines.push([]);
      if (part !== '') lines.at(-1)?.push({ text: part, style });
    }
  }
  return lines;
}
