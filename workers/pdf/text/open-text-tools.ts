import { openFontBook } from '../fonts/open-font-book.ts';
import { createShaper } from './create-shaper.ts';
import { drawEmoji } from './draw-emoji.ts';
import type { TextTools } from './itemise.ts';

/** Everything that turns text into glyphs; `text` is all that will be written, for the emoji in it. */
export async function openTextTools(text: string, systemFonts: ReadonlyMap<string, string>): Promise<TextTools> {
  return { book: openFontBook(systemFonts), shape: createShaper(), emoji: await drawEmoji(text, systemFonts) };
}
