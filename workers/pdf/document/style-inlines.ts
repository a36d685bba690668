import type { Span, TextStyle } from '../../media/pdf/text/styled-text.ts';
import type { Inline, Inlines, Marks } from './blocks.ts';
import { colours } from './document-style.ts';
import type { NumberedFootnotes } from './number-footnotes.ts';
import type { PlacedImages } from './place-images.ts';

export interface InlineTools {
  readonly images: PlacedImages;
  readonly footnotes: NumberedFootnotes;
}

/** Marks to looks. Images in a line stand as tall as they are, up to the height of three lines; unknown ones as their text. */
export function styleInlines(inlines: Inlines, base: TextStyle, tools: InlineTools): Span[] {
  const styles = new Map<string, TextStyle>();
  const styleFor = (marks: Marks) => {
    const key = JSON.stringify(marks);
    const style = styles.get(key) ?? applyMarks(base, marks);
    styles.set(key, style);
    return style;
  };
  return inlines.map((inline) => spanOf(inline, styleFor, base, tools));
}

function spanOf(
  inline: Inline,
  styleFor: (marks: Marks) => TextStyle,
  base: TextStyle,
  { images, footnotes }: InlineTools,
): Span {
  if (inline.type === 'break') return { text: '\n', style: base };
  if (inline.type === 'text') return { text: inline.text, style: styleFor(inline.marks) };
  if (inline.type === 'footnote') return footnoteMark(inline.name, base, footnotes);
  const object = images.inline(inline.source, inline.alt, base.size * 4);
  const style = styleFor(inline.marks);
  return object === undefined
    ? { text: `[${inline.alt || 'image'}]`, style: { ...style, colour: colours.quiet } }
    : { text: '\ufffc', style, object };
}

/** A raised number; a reference to a note that is not there stays as it was written. */
function footnoteMark(name: string, base: TextStyle, footnotes: NumberedFootnotes): Span {
  const number = footnotes.numberOf(name);
  if (number === undefined) return { text: `[^${name}]`, style: base };
  const style = { ...base, size: base.size * 0.65, rise: base.size * 0.35, colour: colours.link, footnote: name };
  return { text: String(number), style };
}

function applyMarks(base: TextStyle, marks: Marks): TextStyle {
  const link = linkOf(marks.href);
  return {
    ...base,
    ...(marks.bold && { bold: true }),
    ...(marks.italic && { italic: true }),
    ...(marks.strike && { strike: true }),
    ...(marks.code && { family: 'mono' as const, size: base.size * 0.9, background: colours.ground }),
    ...(link !== undefined && { colour: colours.link, link }),
  };
}

/** Only addresses a reader can follow safely; `#name` goes to a heading. */
function linkOf(href: string | undefined): TextStyle['link'] {
  if (href === undefined) return undefined;
  if (href.startsWith('#') && href.length > 1) return { goTo: decoded(href.slice(1)) };
  return /^(https?|mailto|tel):/i.test(href) ? { url: href } : undefined;
}

function decoded(anchor: string): string {
  try {
    return decodeURIComponent(anchor);
  } catch {
    return anchor;
  }
}
