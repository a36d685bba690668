import type { Token } from 'markdown-it';
import type { Inline, Inlines, Marks } from './blocks.ts';

/** The inside of a paragraph: text with marks, breaks, images. */
export function parseInline(tokens: readonly Token[]): Inlines {
  const inlines: Inline[] = [];
  const stack: Marks[] = [{}];
  const marks = () => stack.at(-1) ?? {};
  const text = (content: string, more: Marks = {}) => {
    if (content !== '') inlines.push({ type: 'text', text: content, marks: { ...marks(), ...more } });
  };
  for (const token of tokens) {
    const opened = markOf(token);
    if (opened !== undefined) stack.push({ ...marks(), ...opened });
    else if (token.nesting === -1 && stack.length > 1) stack.pop();
    else if (token.type === 'text' || token.type === 'text_special') text(token.content);
    else if (token.type === 'code_inline') text(token.content, { code: true });
    else if (token.type === 'softbreak') text(' ');
    else if (token.type === 'hardbreak' || isBreakTag(token)) inlines.push({ type: 'break' });
    else if (token.type === 'footnote_reference') inlines.push({ type: 'footnote', name: String(token.meta?.name) });
    else if (token.type === 'image') inlines.push(imageOf(token, marks()));
  }
  return inlines;
}

function markOf(token: Token): Marks | undefined {
  if (token.nesting !== 1) return undefined;
  if (token.type === 'strong_open') return { bold: true };
  if (token.type === 'em_open') return { italic: true };
  if (token.type === 's_open') return { strike: true };
  if (token.type === 'link_open') return { href: String(token.attrGet('href') ?? '') };
  return {};
}

const isBreakTag = (token: Token) => token.type === 'html_inline' && /^<br\s*\/?>$/i.test(token.content);

function imageOf(token: Token, marks: Marks): Inline {
  const alt = (token.children ?? []).map(({ content }) => content).join('');
  return { type: 'image', source: String(token.attrGet('src') ?? ''), alt: alt || token.content, marks };
}
