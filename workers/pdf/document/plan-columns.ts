import { itemise } from '../../media/pdf/text/itemise.ts';
import type { TextStyle } from '../../media/pdf/text/styled-text.ts';
import type { Block, Inlines } from './blocks.ts';
import type { LayingTools } from './column.ts';
import { cellPadding } from './document-style.ts';
import { styleInlines } from './style-inlines.ts';

/** Rows that are measured: enough to know a table, bounded for tables of ten thousand rows. */
const sampleRows = 300;
/** A column is never narrower than this many points, padding included, while the page has that much. */
const minWidth = 18;

interface Look {
  readonly cellStyle: TextStyle;
  readonly headStyle: TextStyle;
  readonly tools: LayingTools;
}

interface Need {
  /** The longest word, and the whole text on one line. */
  readonly word: number;
  readonly whole: number;
}

/** Widths in points, as browsers do it: words whole where they can be, the rest shared by how much text there is. */
export function planColumns(table: Extract<Block, { type: 'table' }>, available: number, look: Look): number[] {
  const count = Math.max(table.head.length, ...table.rows.map((row) => row.length), 1);
  const needs = Array.from({ length: count }, (_, index) => columnNeed(table, index, look));
  return shareWidth(needs, available);
}

export function shareWidth(needs: readonly Need[], available: number): number[] {
  const whole = needs.map((need) => need.whole);
  if (sum(whole) <= available) return whole;
  const words = needs.map((need) => Math.max(need.word, minWidth));
  if (sum(words) >= available) return words.map((word) => (word * available) / sum(words));
  const spare = available - sum(words);
  const wishes = whole.map((width, index) => Math.max(0, width - (words[index] ?? 0)));
  return words.map((word, index) => word + (spare * (wishes[index] ?? 0)) / sum(wishes));
}

function columnNeed(table: Extract<Block, { type: 'table' }>, index: number, look: Look): Need {
  const cells = table.rows.slice(0, sampleRows).map((row) => cellNeed(row[index] ?? [], look.cellStyle, look.tools));
  const all = [cellNeed(table.head[index] ?? [], look.headStyle, look.tools), ...cells];
  return { word: Math.max(...all.map(({ word }) => word)), whole: Math.max(...all.map(({ whole }) => whole)) };
}

function cellNeed(inlines: Inlines, style: TextStyle, tools: LayingTools): Need {
  const padding = 2 * cellPadding.x + 0.5;
  let word = 0;
  let whole = 0;
  let current = 0;
  for (const piece of itemise(styleInlines(inlines, style, tools), tools).pieces) {
    current += piece.inkWidth;
    word = Math.max(word, current);
    whole += piece.width;
    if (piece.breakAfter !== 'no') current = 0;
  }
  return { word: Math.min(word, 240) + padding, whole: whole + padding };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
