import MarkdownIt, { type Token } from 'markdown-it';
import { type Alignment, type Block, type Inline, type Inlines, type ListItem, textOf } from './blocks.ts';
import { footnoteSyntax } from './footnote-syntax.ts';
import { nameAnchors } from './name-anchors.ts';
import { parseInline } from './parse-inline.ts';

/** Raw HTML becomes tokens of its own, of which only line breaks, page breaks and text are kept; nothing is ever rendered as HTML. */
const parser = new MarkdownIt({ html: true, linkify: true }).enable(['table', 'strikethrough']).use(footnoteSyntax);

/** CommonMark with tables, as blocks. Linear in the input, also for hostile nesting (markdown-it stops at 100 levels). */
export function parseMarkdown(text: string, anchor = nameAnchors()): Block[] {
  const cursor = { tokens: parser.parse(text, {}), at: 0, anchor };
  return blocksUntil(cursor, undefined);
}

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
  readonly anchor: (title: string) => string;
}

function blocksUntil(cursor: Cursor, end: string | undefined): Block[] {
  const blocks: Block[] = [];
  for (let token = cursor.tokens[cursor.at]; token !== undefined; token = cursor.tokens[cursor.at]) {
    cursor.at++;
    if (token.type === end) break;
    blocks.push(...blockOf(token, cursor));
  }
  return blocks;
}

function blockOf(token: Token, cursor: Cursor): Block[] {
  switch (token.type) {
    case 'heading_open':
      return [heading(token, cursor)];
    case 'paragraph_open':
      return paragraph(token, cursor);
    case 'fence':
    case 'code_block':
      return [
        { type: 'code', text: token.content.replace(/\n$/, ''), language: token.info.trim().split(/[\s,{]/)[0] ?? '' },
      ];
    case 'blockquote_open':
      return [{ type: 'quote', blocks: blocksUntil(cursor, 'blockquote_close') }];
    case 'bullet_list_open':
    case 'ordered_list_open':
      return [list(token, cursor)];
    case 'table_open':
      return [table(cursor)];
    case 'footnote_open':
      return [{ type: 'footnote', name: String(token.meta?.name), inlines: noteAfter(cursor) }];
    case 'hr':
      return [{ type: 'rule' }];
    case 'html_block':
      return htmlBlock(token.content);
    default:
      return [];
  }
}

function inlineAfter(cursor: Cursor): Inlines {
  const inline = cursor.tokens[cursor.at];
  cursor.at += 2;
  return parseInline(inline?.children ?? []);
}

/** The paragraphs of a note, each on a line of its own. */
function noteAfter(cursor: Cursor): Inlines {
  const inlines: Inline[] = [];
  for (let token = cursor.tokens[cursor.at++]; token?.type === 'inline'; token = cursor.tokens[cursor.at++]) {
    if (inlines.length > 0) inlines.push({ type: 'break' });
    inlines.push(...parseInline(token.children ?? []));
  }
  return inlines;
}

function heading(token: Token, cursor: Cursor): Block {
  const inlines = inlineAfter(cursor);
  return { type: 'heading', level: Number(token.tag.slice(1)), anchor: cursor.anchor(textOf(inlines)), inlines };
}

/** A paragraph that is nothing but an image stands as a block of its own. */
function paragraph(token: Token, cursor: Cursor): Block[] {
  const inlines = inlineAfter(cursor);
  const solid = inlines.filter((inline) => inline.type !== 'text' || inline.text.trim() !== '');
  const [only] = solid;
  if (solid.length === 1 && only?.type === 'image') return [{ type: 'image', source: only.source, alt: only.alt }];
  if (/^\[(\[toc\]|toc)\]$/i.test(textOf(inlines))) return [{ type: 'contents' }];
  return inlines.length === 0 ? [] : [{ type: 'paragraph', inlines, ...(token.hidden && { tight: true }) }];
}

function list(token: Token, cursor: Cursor): Block {
  const ordered = token.type === 'ordered_list_open';
  const items: ListItem[] = [];
  let tight = true;
  for (let next = cursor.tokens[cursor.at]; next?.type === 'list_item_open'; next = cursor.tokens[cursor.at]) {
    cursor.at++;
    const blocks = blocksUntil(cursor, 'list_item_close');
    tight &&= blocks.every((block) => block.type !== 'paragraph' || block.tight === true);
    items.push(asTask(blocks));
  }
  cursor.at++;
  return { type: 'list', start: ordered ? Number(token.attrGet('start') ?? 1) : undefined, tight, items };
}

/** `[ ]` or `[x]` at the start of an item makes it a task. */
function asTask(blocks: readonly Block[]): ListItem {
  const [first, ...rest] = blocks;
  const text = first?.type === 'paragraph' ? first.inlines[0] : undefined;
  const box = text?.type === 'text' ? /^\[([ xX])\]\s+/.exec(text.text) : null;
  if (first?.type !== 'paragraph' || text?.type !== 'text' || box === null) return { blocks };
  const inlines = [{ ...text, text: text.text.slice(box[0].length) }, ...first.inlines.slice(1)];
  return { checked: box[1] !== ' ', blocks: [{ ...first, inlines }, ...rest] };
}

function table(cursor: Cursor): Block {
  const rows: Inlines[][] = [];
  const alignments: Alignment[] = [];
  let heads = 0;
  for (
    let token = cursor.tokens[cursor.at++];
    token !== undefined && token.type !== 'table_close';
    token = cursor.tokens[cursor.at++]
  ) {
    if (token.type === 'tr_open') rows.push([]);
    if (token.type === 'thead_close') heads = rows.length;
    if (token.type === 'th_open') alignments.push(alignmentOf(token));
    if (token.type === 'inline') rows.at(-1)?.push(parseInline(token.children ?? []));
  }
  return { type: 'table', alignments, head: heads > 0 ? (rows[0] ?? []) : [], rows: rows.slice(heads) };
}

function alignmentOf(token: Token): Alignment {
  const found = /text-align:(left|center|right)/.exec(String(token.attrGet('style') ?? ''));
  return found?.[1] as Alignment;
}

function htmlBlock(html: string): Block[] {
  if (/^\s*<!--\s*page-?break\s*-->/i.test(html)) return [{ type: 'page-break' }];
  const text = html
    .replace(/<!--[\s\S]*?(-->|$)/g, '')
    .replace(/<(script|style)\b[\s\S]*?(<\/\1>|$)/gi, '')
    .replace(/<[^<>]*>/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? [] : [{ type: 'paragraph', inlines: [{ type: 'text', text, marks: {} }] }];
}
