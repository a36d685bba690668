import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it';

const definition = /^\[\^([^\]\s]{1,100})\]:[ \t]*(.*)$/;

/** Further paragraphs of a note are indented by this much, as GFM and Pandoc want it. */
const paragraphIndent = 4;

/**
 * `[^name]` in a text and `[^name]: what it says` on a line of its own, as in GFM: lines that follow indented belong to it, and so
 * do paragraphs after a blank line that are indented by four spaces.
 */
export function footnoteSyntax(parser: MarkdownIt): void {
  parser.block.ruler.before('reference', 'footnote_definition', readDefinition, { alt: ['paragraph', 'reference'] });
  parser.inline.ruler.after('image', 'footnote_reference', readReference);
}

const lineAt = (state: StateBlock, line: number) =>
  state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);

function readDefinition(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const found = definition.exec(lineAt(state, startLine));
  if (found === null || (state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;
  if (silent) return true;
  const { paragraphs, next } = readParagraphs(state, startLine, endLine, found[2] ?? '');
  const open = state.push('footnote_open', '', 1);
  open.meta = { name: found[1] };
  for (const paragraph of paragraphs) {
    const inline = state.push('inline', '', 0);
    inline.content = paragraph;
    inline.map = [startLine, next];
    inline.children = [];
  }
  state.push('footnote_close', '', -1);
  state.line = next;
  return true;
}

interface Paragraphs {
  readonly paragraphs: readonly string[];
  /** The line after them. */
  readonly next: number;
}

function readParagraphs(state: StateBlock, startLine: number, endLine: number, first: string): Paragraphs {
  const paragraphs = [first];
  let next = startLine + 1;
  for (let line = next; line < endLine; line++) {
    if (state.isEmpty(line)) continue;
    const after = line > next;
    if ((state.sCount[line] ?? 0) < state.blkIndent + (after ? paragraphIndent : 2)) break;
    if (after) paragraphs.push(lineAt(state, line));
    else paragraphs.push(`${paragraphs.pop()}\n${lineAt(state, line)}`);
    next = line + 1;
  }
  return { paragraphs: paragraphs.map((paragraph) => paragraph.trim()), next };
}

function readReference(state: StateInline, silent: boolean): boolean {
  const found = /^\[\^([^\]\s]{1,100})\]/.exec(state.src.slice(state.pos, state.pos + 104));
  if (found === null) return false;
  if (!silent) state.push('footnote_reference', '', 0).meta = { name: found[1] };
  state.pos += found[0].length;
  return true;
}
