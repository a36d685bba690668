import type { Block, Inline, Inlines } from './blocks.ts';

/** Footnotes are numbered in the order the text first refers to them; notes nobody refers to are left out. */
export interface NumberedFootnotes {
  numberOf(name: string): number | undefined;
  textOf(name: string): Inlines;
}

export const noFootnotes: NumberedFootnotes = { numberOf: () => undefined, textOf: () => [] };

export function numberFootnotes(blocks: readonly Block[]): NumberedFootnotes {
  const notes = new Map<string, Inlines>();
  for (const block of everyBlock(blocks)) {
    if (block.type === 'footnote' && !notes.has(block.name)) notes.set(block.name, block.inlines);
  }
  const numbers = new Map<string, number>();
  for (const inline of everyInline(blocks)) {
    if (inline.type !== 'footnote' || !notes.has(inline.name) || numbers.has(inline.name)) continue;
    numbers.set(inline.name, numbers.size + 1);
  }
  return { numberOf: (name) => numbers.get(name), textOf: (name) => notes.get(name) ?? [] };
}

/** Blocks and the blocks in them, in reading order. */
export function* everyBlock(blocks: readonly Block[]): Generator<Block> {
  for (const block of blocks) {
    yield block;
    if (block.type === 'quote') yield* everyBlock(block.blocks);
    if (block.type === 'list') for (const item of block.items) yield* everyBlock(item.blocks);
  }
}

export function* everyInline(blocks: readonly Block[]): Generator<Inline> {
  for (const block of everyBlock(blocks)) {
    if (block.type === 'table') for (const cell of [block.head, ...block.rows].flat()) yield* cell;
    else if ('inlines' in block && block.type !== 'footnote') yield* block.inlines;
  }
}
