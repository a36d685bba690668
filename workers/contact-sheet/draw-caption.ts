import sharp, { type OverlayOptions } from 'sharp';
import { drawText } from '../media/draw-text.ts';
import type { Cell } from './lay-out.ts';

/** Letters of Noto Sans are this wide on average, in parts of their height. */
const averageLetter = 0.55;

interface CaptionLook {
  readonly letterPx: number;
  readonly captionHeight: number;
  readonly background: string;
}

/** One line below the cell, in the middle, in whichever of black and white can be read on the background. */
export async function drawCaption(text: string, cell: Cell, look: CaptionLook): Promise<readonly OverlayOptions[]> {
  const line = shorten(text.replace(/\s+/g, ' ').trim(), Math.floor(cell.width / (look.letterPx * averageLetter)));
  if (line === '') return [];
  const colour = (await isDark(look.background)) ? 'white' : 'black';
  const drawn = await drawText({ text: line, letterPx: look.letterPx, colour });
  const { data, info } = await sharp(drawn)
    .resize({ width: cell.width, height: look.captionHeight, fit: 'inside', withoutEnlargement: true })
    .png()
    .toBuffer({ resolveWithObject: true });
  const left = cell.left + Math.round((cell.width - info.width) / 2);
  const top = cell.top + cell.height + Math.round((look.captionHeight - info.height) / 2);
  return [{ input: data, left, top }];
}

/** The end of a file name tells files apart as often as its start, so the middle goes. */
function shorten(text: string, letters: number): string {
  const characters = [...text];
  if (characters.length <= letters) return text;
  const kept = Math.max(2, letters - 1);
  const head = Math.ceil(kept * 0.6);
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (kept - head)).join('')}`;
}

async function isDark(background: string): Promise<boolean> {
  const create = { width: 1, height: 1, channels: 4 as const, background };
  const [grey = 255] = await sharp({ create }).flatten({ background: 'white' }).toColourspace('b-w').raw().toBuffer();
  return grey < 128;
}
