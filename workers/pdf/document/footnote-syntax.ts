import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it';

const definition = /^\[\^([^\]\s]{1,100})\]:[ \t]*(.*)$/;

/** `[^name]` in a text and `[^name]: what it says` on a line of its own (lines that follow indented belong to it), as in GFM. */
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
  const lines = [found[2] ?? ''];
  let next = startLine + 1;
  while (next < endLine && !state.isEmpty(next) && (state.sCount[next] ?? 0) >= state.blkIndent + 2) {
    lines.push(lineAt(state, next));
    next++;
  }
  const open = state.push('footnote_open', '', 1);
  open.meta = { name: found[1] };
  const inline = state.push('inline', '', 0);
  inline.content = lines.join('\n').trim();
  inline.map = [startLine, next];
  inline.children = [];
  state.push('footnote_close', '', -1);
  state.line = next;
  return true;
}

function readReference(state: StateInline, silent: boolean): boolean {
  const found = /^\[\^([^\]\s]{1,100})\]/.exec(state.src.slice(state.pos, state.pos + 104));
  if (found === null) return false;
  if (!silent) state.push('footnote_reference', '', 0).meta = { name: found[1] };
  state.pos += found[0].length;
  return true;
}
