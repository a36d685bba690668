import type { Pen } from '../../media/pdf/pen/pen.ts';
import { type Tag, tagOf } from '../../media/pdf/pen/tag.ts';
import { drawLine } from '../../media/pdf/text/draw-line.ts';
import type { TextStyle } from '../../media/pdf/text/styled-text.ts';
import type { Row } from '../page/row.ts';
import { cellsReadRightToLeft } from './block-direction.ts';
import type { Alignment, Block, Inlines } from './blocks.ts';
import type { Column, LayingTools } from './column.ts';
import { body, cellPadding, colours, paragraphGap } from './document-style.ts';
import { baselineIn, footnotesOf, layCell, offset, startOf, type TextBlock } from './lay-text.ts';
import { planColumns } from './plan-columns.ts';
import { styleInlines } from './style-inlines.ts';

type Table = Extract<Block, { type: 'table' }>;

const cellStyle: TextStyle = { ...body, size: 9.5 };
const headStyle: TextStyle = { ...cellStyle, bold: true };

interface Grid {
  readonly left: number;
  readonly widths: readonly number[];
  /** The first column is the rightmost. */
  readonly rightToLeft: boolean;
  readonly alignments: readonly Alignment[];
  readonly column: Column;
  readonly tag: Tag;
}

/** A table whose head comes again on every page; a row taller than half a page may be cut between lines. */
export function* layTable(table: Table, column: Column, tools: LayingTools): Generator<Row> {
  const widths = planColumns(table, column.width, { cellStyle, headStyle, tools });
  const rightToLeft = column.rightToLeft ?? cellsReadRightToLeft([table.head, ...table.rows.slice(0, 20)].flat());
  const grid: Grid = {
    left: rightToLeft ? column.left + column.width - sum(widths) : column.left,
    widths,
    rightToLeft,
    alignments: table.alignments,
    column,
    tag: tagOf('Table', column.tag),
  };
  const head = table.head.length > 0 ? [...layRow(table.head, headStyle, grid, tools, paragraphGap)] : [];
  // What is only said again is decoration.
  const repeated = head.map((row) => ({ ...row, gap: 0, draw: untagged(row), tag: undefined }));
  yield* head.map((row) => ({ ...row, keep: true }));
  for (const [index, cells] of table.rows.entries()) {
    const gap = index === 0 && head.length === 0 ? paragraphGap : 0;
    for (const row of layRow(cells, cellStyle, grid, tools, gap)) yield { ...row, head: repeated };
  }
}

function* layRow(
  cells: readonly Inlines[],
  style: TextStyle,
  grid: Grid,
  tools: LayingTools,
  gap: number,
): Generator<Row> {
  const blocks = grid.widths.map((width, index) =>
    layCell(styleInlines(cells[index] ?? [], style, tools), style.size, width - 2 * cellPadding.x, tools),
  );
  const tr = tagOf('TR', grid.tag);
  const tags = blocks.map(() => (style === headStyle ? tagOf('TH', tr, { scope: 'Column' }) : tagOf('TD', tr)));
  const maxHeight = grid.column.pageHeight / 2;
  let at = blocks.map(() => 0);
  let first = true;
  do {
    const slice = blocks.map((block, index) => takeLines(block, at[index] ?? 0, maxHeight));
    at = at.map((start, index) => start + (slice[index]?.lines.length ?? 0));
    const last = at.every((end, index) => end >= (blocks[index]?.lines.length ?? 0));
    yield sliceRow(slice, style, { grid, tools, tags }, { gap: first ? gap : 0, first, last });
    first = false;
    if (last) return;
  } while (true);
}

/** A row drawn whole as one thing: its cells say nothing of themselves. */
const untagged =
  (row: Row): Row['draw'] =>
  (pen, top) =>
    row.draw({ ...pen, tagged: async (_, draw) => draw() }, top);

function takeLines(block: TextBlock, start: number, maxHeight: number): TextBlock {
  let height = 0;
  let end = start;
  for (const { height: next } of block.lines.slice(start)) {
    if (end > start && height + next > maxHeight) break;
    height += next;
    end++;
  }
  return { ...block, lines: block.lines.slice(start, end) };
}

interface SliceEdges {
  readonly gap: number;
  readonly first: boolean;
  readonly last: boolean;
}

const heightOf = (block: TextBlock) => block.lines.reduce((sum, { height }) => sum + height, 0);

function sliceRow(
  cells: readonly TextBlock[],
  style: TextStyle,
  { grid, tools, tags }: { readonly grid: Grid; readonly tools: LayingTools; readonly tags: readonly Tag[] },
  edges: SliceEdges,
): Row {
  const padTop = edges.first ? cellPadding.y : 0;
  const height = Math.max(...cells.map(heightOf), style.size * 1.35) + padTop + (edges.last ? cellPadding.y : 0);
  return {
    height,
    gap: edges.gap,
    backdrops: grid.column.backdrops,
    notes: cells.flatMap(({ lines }) => lines.flatMap(({ line }) => footnotesOf(line, tools))),
    tag: 'cells',
    async draw(pen, top) {
      await pen.tagged(undefined, () => drawFrame(pen, grid, top, height, style === headStyle, edges));
      for (const [index, cell] of cells.entries()) {
        const { x, width } = placeOf(grid, index);
        const box = { x: x + cellPadding.x, top: top + padTop, width: width - 2 * cellPadding.x };
        const align = grid.alignments[index] ?? startOf(grid.rightToLeft || cell.rightToLeft);
        await pen.tagged(tags[index], () => drawCell(pen, cell, box, align, style.size));
      }
    },
  };
}

/** Where a column stands, points. */
function placeOf({ left, widths, rightToLeft }: Grid, index: number): { x: number; width: number } {
  const width = widths[index] ?? 0;
  const before = sum(widths.slice(0, index));
  return { width, x: rightToLeft ? left + sum(widths) - before - width : left + before };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function drawFrame(pen: Pen, grid: Grid, top: number, height: number, isHead: boolean, edges: SliceEdges): void {
  const { left, widths } = grid;
  const right = left + sum(widths);
  if (isHead) pen.rectangle(left, top, right - left, height, colours.tableHead);
  if (isHead) pen.line(left, top, right, top, colours.line, 0.75);
  if (edges.last) pen.line(left, top + height, right, top + height, colours.line, isHead ? 1 : 0.75);
  for (const x of [right, ...widths.map((_, index) => placeOf(grid, index).x)]) {
    pen.line(x, top, x, top + height, colours.line, 0.75);
  }
}

interface CellBox {
  readonly x: number;
  readonly top: number;
  readonly width: number;
}

function drawCell(pen: Pen, cell: TextBlock, box: CellBox, align: Alignment, size: number): void {
  let y = box.top;
  for (const { line, height } of cell.lines) {
    const left = box.x + offset(line, box.width, align);
    drawLine(pen, line, left, y + baselineIn(line, height, size));
    y += height;
  }
}
