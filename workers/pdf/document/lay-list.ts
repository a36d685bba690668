import { type Tag, tagOf } from '../../media/pdf/pen/tag.ts';
import { drawLine } from '../../media/pdf/text/draw-line.ts';
import { fitLine } from '../../media/pdf/text/fit-line.ts';
import type { Row } from '../page/row.ts';
import { directed } from './block-direction.ts';
import type { Block } from './blocks.ts';
import { type Column, indent, type LayBlocks, type LayingTools } from './column.ts';
import { body, bodySize, lineFactor, listIndent, paragraphGap, tightGap } from './document-style.ts';

type List = Extract<Block, { type: 'list' }>;

const bullets = ['•', '◦', '▪'];

/** Items hang beside their marker; numbers line up at their right end. */
export function* layList(list: List, outside: Column, tools: LayingTools, lay: LayBlocks): Generator<Row> {
  const widest = list.start === undefined ? 0 : String(list.start + list.items.length - 1).length;
  const depth = outside.depth ?? 0;
  const column = { ...directed(outside, [list]), depth: depth + 1 };
  const inside = indent(column, Math.max(listIndent, widest * 6.5 + 10));
  const tag = tagOf('L', column.tag);
  for (const [index, item] of list.items.entries()) {
    const marker = item.checked === undefined ? markerOf(list, index, depth) : item.checked ? '☑' : '☐';
    const gap = index === 0 || !list.tight ? paragraphGap : tightGap;
    let first = true;
    const li = tagOf('LI', tag);
    const label = { text: marker, tag: tagOf('Lbl', li) };
    for (const row of itemRows(item.blocks, { ...inside, tag: tagOf('LBody', li) }, tools, lay)) {
      yield first ? { ...withMarker(row, label, column, inside, tools), gap } : tightened(row, list.tight);
      first = false;
    }
  }
}

/** What hangs in a tight list stands as close as its items. */
const tightened = (row: Row, tight: boolean): Row => (tight ? { ...row, gap: Math.min(row.gap, tightGap) } : row);

const markerOf = (list: List, index: number, depth: number) =>
  list.start === undefined ? (bullets[depth % bullets.length] ?? '•') : `${list.start + index}.`;

function* itemRows(blocks: readonly Block[], column: Column, tools: LayingTools, lay: LayBlocks): Generator<Row> {
  const first = blocks[0];
  if (first?.type !== 'paragraph') yield emptyLine(column);
  yield* lay(blocks, column, tools);
}

/** An item that begins with something other than text (or is empty) still shows its marker. */
const emptyLine = ({ backdrops, tag }: Column): Row => ({
  tag: tagOf('P', tag),
  height: bodySize * lineFactor,
  gap: 0,
  keep: true,
  backdrops,
  draw: () => {},
});

interface Label {
  readonly text: string;
  readonly tag: Tag;
}

function withMarker(row: Row, { text, tag }: Label, outside: Column, inside: Column, tools: LayingTools): Row {
  // A mark without ink makes the number read as the list does: its point stands to the left.
  const line = fitLine(outside.rightToLeft ? `\u200f${text}` : text, body, outside.width - inside.width, tools);
  const left = outside.rightToLeft ? inside.left + inside.width + 6 : inside.left - 6 - line.width;
  return {
    ...row,
    tag: 'cells',
    async draw(pen, top) {
      const baseline = top + bodySize * 1.08 + (bodySize * (lineFactor - 1.362)) / 2;
      await pen.tagged(tag, () => drawLine(pen, line, left, baseline));
      if (row.tag === 'cells') await row.draw(pen, top);
      else await pen.tagged(row.tag, () => row.draw(pen, top));
    },
  };
}
