import sharp from 'sharp';
import type { InlineObject } from './styled-text.ts';

/** Colour emoji live in bitmap fonts that PDF cannot hold, so each is a small picture in the line. */
export interface EmojiBook {
  /** The picture of a whole emoji sequence, as tall as the letters of that size; undefined for any other text. */
  find(grapheme: string, sizePoints: number): InlineObject | undefined;
}

/** A text may use this many different ones; later ones are drawn as outlines where a font has them. */
const maxEmoji = 400;
/** Sharp enough at 12 points on a 400 dpi printer. */
const emojiPx = 72;

/** Flag v (sets of strings) is in Node 20 but not in our compile target yet, so this cannot be a literal. */
const flags = 'gv';
/** Most texts have none, and looking for whole sequences is slow. */
const maybeEmoji = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u;
const emojiPattern = new RegExp('\\p{RGI_Emoji}', flags);

export const noEmoji: EmojiBook = { find: () => undefined };

/** Draws every emoji the text uses; needs Noto Color Emoji on the machine, otherwise finds none. */
export async function drawEmoji(
  text: string,
  systemFonts: ReadonlyMap<string, string>,
  opaque = false,
): Promise<EmojiBook> {
  const fontFile = systemFonts.get('NotoColorEmoji.ttf');
  if (fontFile === undefined || !maybeEmoji.test(text)) return noEmoji;
  const used = new Set<string>();
  for (const [sequence] of text.matchAll(emojiPattern)) {
    if (used.size < maxEmoji) used.add(sequence);
  }
  const pictures = new Map<string, Picture>();
  for (const sequence of used) pictures.set(sequence, await draw(sequence, fontFile, opaque));
  return {
    find: (grapheme, size) => {
      const picture = pictures.get(grapheme);
      if (picture === undefined) return undefined;
      const height = size * 1.17;
      return {
        width: (height * picture.width) / picture.height,
        height,
        alt: grapheme,
        above: 0.82,
        image: () => picture.png,
      };
    },
  };
}

interface Picture {
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
}

/** The text is one emoji sequence, so there is nothing in it that Pango would read as markup. */
async function draw(sequence: string, fontfile: string, opaque: boolean): Promise<Picture> {
  const drawn = sharp({
    text: { text: sequence, rgba: true, font: 'Noto Color Emoji', fontfile, height: emojiPx, width: emojiPx * 4 },
  });
  const { data, info } = await (opaque ? drawn.flatten({ background: '#ffffff' }) : drawn)
    .png()
    .toBuffer({ resolveWithObject: true });
  return { png: data, width: info.width, height: info.height };
}
