import { createRequire } from 'node:module';
import * as fontkit from 'fontkit';
import sharp from 'sharp';
import { drawText } from '../media/draw-text.ts';
import type { Drawable } from './write-stamps.ts';

export interface Lettering {
  readonly text: string;
  /** Points. */
  readonly size: number;
  readonly color: string;
}

const fontFile = createRequire(import.meta.url).resolve(
  '@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf',
);

/** Letters that need no shaping: everything else is drawn by Pango, which knows all scripts, as a picture. */
const simple = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\s]*$/u;
const pixelsPerPoint = 300 / 72;

/** Vector letters that can be searched, in the bundled font; a picture at 300 dpi for other scripts and emoji. */
export async function prepareText(lettering: Lettering): Promise<Drawable> {
  return isPlain(lettering.text) ? vectorText(lettering) : pictureOfText(lettering);
}

let opened: fontkit.Font | undefined;

function isPlain(text: string): boolean {
  if (!simple.test(text)) return false;
  opened ??= fontkit.openSync(fontFile) as fontkit.Font;
  const font = opened;
  return [...text.replace(/\s/g, '')].every((letter) => font.hasGlyphForCodePoint(letter.codePointAt(0) ?? 0));
}

async function vectorText({ text, size, color }: Lettering): Promise<Drawable> {
  const lines = text.split(/\r?\n/);
  const ink = await readColour(color);
  return {
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
  };
}

async function pictureOfText({ text, size, color }: Lettering): Promise<Drawable> {
  const letterPx = Math.min(400, Math.round(size * pixelsPerPoint));
  const picture = await drawText({ text, letterPx, colour: color, align: 'centre' });
  const { width, height } = await sharp(picture).metadata();
  const scale = size / letterPx;
  return {
    measure: () => ({ width: width * scale, height: height * scale }),
    draw: (document, box) => document.image(picture, -box.width / 2, -box.height / 2, { ...box }),
  };
}

async function readColour(color: string): Promise<[number, number, number]> {
  const one = sharp({ create: { width: 1, height: 1, channels: 3, background: color } });
  const [red = 0, green = 0, blue = 0] = await one.raw().toBuffer();
  return [red, green, blue];
}
