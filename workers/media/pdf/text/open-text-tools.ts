import { openFontBook } from '../fonts/open-font-book.ts';
import { createShaper } from './create-shaper.ts';
import { drawEmoji } from './draw-emoji.ts';
import type { TextTools } from './itemise.ts';

export interface TextMaterial {
  /** All that will be written, for the emoji in it. */
  readonly text: string;
  readonly systemFonts: ReadonlyMap<string, string>;
  /** Emoji stand on white: archives forbid what can be seen through. */
  readonly opaque: boolean;
}

/** Everything that turns text into glyphs. */
export async function openTextTools({ text, systemFonts, opaque }: TextMaterial): Promise<TextTools> {
  return {
    book: openFontBook(systemFonts),
    shape: createShaper(),
    emoji: await drawEmoji(text, systemFonts, opaque),
  };
}
