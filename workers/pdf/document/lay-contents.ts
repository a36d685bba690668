import { type Tag, tagOf } from '../../media/pdf/pen/tag.ts';
import { drawLine } from '../../media/pdf/text/draw-line.ts';
import { fitLine } from '../../media/pdf/text/fit-line.ts';
import type { Row } from '../page/row.ts';
import { readsRightToLeft } from './block-direction.ts';
import type { Column, LayingTools } from './column.ts';
import type { ContentsEntry } from './contents-entry.ts';
import { body, bodySize } from './document-style.ts';

const rowHeight = bodySize * 1.6;
/** Points kept for the page number. */
const numberWidth = 32;

/** The table of contents, lying as most titles read: as many rows in the first pass, when pages are unknown, as in the second. */
export function* layContents(column: Column, tools: LayingTools): Generator<Row> {
  const tag = tagOf('TOC', column.tag);
  const top = Math.min(...tools.contents.map(({ level }) => level));
  const titles = tools.contents.map(({ title }) => readsRightToLeft(title));
  const rightToLeft = titles.filter(Boolean).length > titles.length / 2;
  for (const entry of tools.contents) yield layEntry(entry, entry.level - top, tag, { ...column, rightToLeft }, tools);
}

function layEntry(entry: ContentsEntry, depth: number, tag: Tag, column: Column, tools: LayingTools): Row {
  const style = { ...body, bold: depth === 0 };
  const indent = Math.min(depth * 14, column.width / 3);
  const title = fitLine(entry.title, style, column.width - indent - numberWidth, tools);
  const number = fitLine(String(entry.page ?? ''), style, numberWidth, tools);
  return {
    height: rowHeight,
    gap: depth === 0 ? 4 : 0,
    backdrops: column.backdrops,
    tag: tagOf('TOCI', tag),
    draw(pen, y) {
      const baseline = y + bodySize * 1.15;
      // Distances from the edge the titles start at.
      const place = (from: number, width: number) =>
        column.left + (column.rightToLeft ? column.width - from - width : from);
      pen.linked(() => {
        drawLine(pen, title, place(indent, title.width), baseline);
        drawLine(pen, number, place(column.width - number.width, number.width), baseline);
        const from = indent + title.width + 6;
        const dots = column.width - number.width - 6 - from;
        if (dots > 8) pen.dots(place(from, dots), place(from, dots) + dots, baseline, '#8b949e');
        const at = { x: column.left, y, width: column.width, height: rowHeight };
        pen.link({ goTo: entry.anchor }, at, entry.title);
      });
    },
  };
}
