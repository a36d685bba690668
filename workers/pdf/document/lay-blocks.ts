import { tagOf } from '../../media/pdf/pen/tag.ts';
import type { Backdrop, Heading, Row } from '../page/row.ts';
import { directed } from './block-direction.ts';
import { type Block, textOf } from './blocks.ts';
import { type Column, indent, type LayingTools } from './column.ts';
import { colours, headingGap, headingStyle, paragraphGap, quoteIndent, tightGap } from './document-style.ts';
import { layChart } from './lay-chart.ts';
import { layCode } from './lay-code.ts';
import { layContents } from './lay-contents.ts';
import { layFacts } from './lay-facts.ts';
import { layImage } from './lay-image.ts';
import { layList } from './lay-list.ts';
import { layPlain } from './lay-plain.ts';
import { layTable } from './lay-table.ts';
import { layText } from './lay-text.ts';

/** Blocks to rows, one after another, so that a book is never in memory as rows. */
export function* layBlocks(blocks: readonly Block[], column: Column, tools: LayingTools): Generator<Row> {
  let startsPage = false;
  for (const block of blocks) {
    if (block.type === 'page-break') {
      startsPage = true;
      continue;
    }
    for (const row of layBlock(block, column, tools)) {
      yield startsPage ? { ...row, startsPage } : row;
      startsPage = false;
    }
  }
}

function layBlock(block: Block, column: Column, tools: LayingTools): Iterable<Row> {
  switch (block.type) {
    case 'heading':
      return layHeading(block, column, tools);
    case 'paragraph':
      return layText(block.inlines, { gap: block.tight ? tightGap : paragraphGap }, column, tools);
    case 'image':
      return layImage(block, column, tools);
    case 'code':
      return layCode(block, column, tools);
    case 'quote':
      return layBlocks(block.blocks, quoteColumn(directed(column, block.blocks)), tools);
    case 'list':
      return layList(block, column, tools, layBlocks);
    case 'table':
      return layTable(block, column, tools);
    case 'rule':
      return [ruleRow(column)];
    case 'plain':
      return layPlain(block.text, column, tools);
    case 'facts':
      return layFacts(block.items, column, tools);
    case 'chart':
      return [layChart(block, column, tools)];
    case 'contents':
      return layContents(column, tools);
    case 'footnote':
    case 'page-break':
      return [];
  }
}

/** Points. */
const barWidth = 3;

const headingRoles = ['H1', 'H2', 'H3', 'H4', 'H5', 'H6'] as const;

type HeadingBlock = Extract<Block, { type: 'heading' }>;

/** A heading stays with what follows; its anchor is where links go. */
function* layHeading(block: HeadingBlock, column: Column, tools: LayingTools): Generator<Row> {
  const style = headingStyle(block.level);
  let first = true;
  for (const row of layText(
    block.inlines,
    {
      gap: headingGap(block.level),
      style,
      lineFactor: 1.25,
      tag: tagOf(headingRoles[block.level - 1] ?? 'H6', column.tag),
    },
    column,
    tools,
  )) {
    const announced = first
      ? announce(row, { level: block.level, title: textOf(block.inlines), anchor: block.anchor })
      : row;
    yield { ...announced, keep: true };
    first = false;
  }
}

const announce = (row: Row, heading: Heading): Row => ({
  ...row,
  heading,
  draw(pen, top) {
    pen.destination(heading.anchor, top);
    pen.outline(heading.level, heading.title, top);
    return row.draw(pen, top);
  },
});

function quoteColumn(column: Column): Column {
  const left = column.rightToLeft ? column.left + column.width - barWidth : column.left;
  const bar: Backdrop = {
    paint: (pen, top, height) => pen.rectangle(left, top - 1, barWidth, height + 2, colours.line),
  };
  return {
    ...indent(column, quoteIndent),
    backdrops: [...column.backdrops, bar],
    tag: tagOf('BlockQuote', column.tag),
  };
}

function ruleRow({ left, width, backdrops }: Column): Row {
  return {
    height: 1,
    gap: 14,
    backdrops,
    draw: (pen, top) => pen.line(left, top + 0.5, left + width, top + 0.5, colours.line, 1),
  };
}
