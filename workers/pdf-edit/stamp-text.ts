import { createRequire } from 'node:module';
import * as fontkit from 'fontkit';
import { type Letters, readColour } from './lettering.ts';
import { shapeText } from './shape-text.ts';
import type { Drawable } from './write-stamps.ts';

const fontFile = createRequire(import.meta.url).resolve(
  '@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf',
);

/** Letters that need no shaping; everything else is laid out as in the documents of kind `pdf`. */
const simple = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\s]*$/u;

/** Vector letters that can be searched, of any script; `sample` is all that will be written. */
export async function openLetters(sample: string): Promise<Letters> {
  const font = fontkit.openSync(fontFile) as fontkit.Font;
  if (!isPlain(sample, font)) return shapeText(sample);
  return async ({ text, size, color }) => plainText(text.split(/\r?\n/), size, await readColour(color));
}

const isPlain = (text: string, font: fontkit.Font) =>
  simple.test(text) &&
  [...text.replace(/\s/g, '')].every((letter) => font.hasGlyphForCodePoint(letter.codePointAt(0) ?? 0));

const plainText = (lines: readonly string[], size: number, ink: string): Drawable => ({
  measure(document) {
    document.font(fontFile).fontSize(size);
    const width = Math.max(...lines.map((line) => document.widthOfString(line)));
    return { width, height: document.currentLineHeight() * lines.length };
  },
  draw(document, box) {
    document.font(fontFile).fontSize(size).fillColor(ink);
    for (const [index, line] of lines.entries()) {
      const left = -document.widthOfString(line) / 2;
      document.text(line, left, -box.height / 2 + index * document.currentLineHeight(), { lineBreak: false });
    }
  },
});
