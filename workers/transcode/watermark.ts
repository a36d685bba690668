import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { InputError } from '../../shared/errors.ts';
import type { InputFile, Task } from '../kind.ts';
import type { ColourMatrix } from '../media/colour-matrix.ts';
import { even, type Size } from '../media/display-size.ts';
import { drawText } from '../media/draw-text.ts';
import { guardedInput } from '../media/probe-media.ts';
import type { TranscodeParams } from './params.ts';

type Watermark = NonNullable<TranscodeParams['watermark']>;

/** A watermark made ready: a second input of the command. */
export interface Mark {
  readonly wish: Watermark;
  readonly pictureInput: PictureInput;
}

/** A picture as an input of the command. */
export interface PictureInput {
  readonly path: string;
  readonly options: readonly string[];
  readonly demuxer: string;
}

/** @throws InputError when there is neither text nor a picture to show. */
export async function prepareMark(
  wish: Watermark | undefined,
  task: Pick<Task<unknown>, 'inputs' | 'scratch'>,
): Promise<Mark | undefined> {
  if (wish === undefined) return undefined;
  if (wish.text !== undefined) {
    const path = join(task.scratch, 'watermark.png');
    await writeFile(path, await drawWords(wish.text));
    return { wish, pictureInput: { path, options: guardedInput('png_pipe'), demuxer: 'png_pipe' } };
  }
  const picture = task.inputs[1];
  if (picture === undefined) throw new InputError('A watermark needs either text or a picture as the second input.');
  return { wish, pictureInput: openPicture(picture, 'a watermark') };
}

/** Words are drawn this large and scaled down to what is asked for. */
const drawnLetterPx = 96;

/** By Pango, in whatever script they are (drawtext of ffmpeg has one font, and boxes for what it lacks); white, with a shadow. */
async function drawWords(text: string): Promise<Buffer> {
  const [white, black] = await Promise.all([
    drawText({ text, letterPx: drawnLetterPx }),
    drawText({ text, letterPx: drawnLetterPx, colour: 'black' }),
  ]);
  const shift = Math.round(drawnLetterPx / 24);
  return await sharp(black)
    .extend({ top: shift, left: shift, background: '#0000' })
    .composite([{ input: white, top: 0, left: 0 }])
    .png()
    .toBuffer();
}

/** @throws InputError when it is not a picture ffmpeg reads as one. */
export function openPicture({ path, mediaType, name }: InputFile, purpose: string): PictureInput {
  const demuxer = pictureDemuxers[mediaType];
  if (demuxer === undefined) throw new InputError(`"${name}" cannot be ${purpose}: send it as PNG, JPEG or WebP.`);
  return { path, options: guardedInput(demuxer), demuxer };
}

const pictureDemuxers: Readonly<Record<string, string>> = {
  'image/png': 'png_pipe',
  'image/apng': 'png_pipe',
  'image/jpeg': 'jpeg_pipe',
  'image/webp': 'webp_pipe',
};

/** Distance from the edges, as a share of the width. */
const margin = 0.03;

function place(
  position: Watermark['position'],
  own: readonly [string, string],
  whole: readonly [string, string],
  gap: number,
): [string, string] {
  const [vertical, horizontal = 'center'] = position === 'center' ? ['center'] : position.split('-');
  const x = { left: `${gap}`, right: `${whole[0]}-${own[0]}-${gap}`, center: `(${whole[0]}-${own[0]})/2` };
  const y = { top: `${gap}`, bottom: `${whole[1]}-${own[1]}-${gap}`, center: `(${whole[1]}-${own[1]})/2` };
  return [x[horizontal as 'left'], y[(vertical ?? 'center') as 'top']];
}

/** Commas inside an option's value are escaped for the graph. */
function enabled({ start, end }: Watermark, { leadSeconds, speed }: MarkTimes): string {
  if (start === undefined && end === undefined) return '';
  const at = (seconds: number) => (leadSeconds + seconds * speed).toFixed(3);
  const from = at(start ?? 0);
  return end === undefined ? `:enable=gte(t\\,${from})` : `:enable=between(t\\,${from}\\,${at(end)})`;
}

/** Where the result begins in the decoded media, whose clock the graph has here, and how much faster it runs. */
interface MarkTimes {
  readonly leadSeconds: number;
  readonly speed: number;
}

/** From `[base]` on; the mark is input 1 of the command. */
export function overlayMark(
  { wish }: Mark,
  canvas: Size,
  times: MarkTimes,
  base: string,
  matrix: ColourMatrix,
): string {
  const gap = Math.round(canvas.width * margin);
  const width = wish.text === undefined ? `${even(canvas.width * wish.size)}` : widthOfWords(wish, canvas, gap);
  const [x, y] = place(wish.position, ['w', 'h'], ['W', 'H'], gap);
  const look = `scale=${width}:-1:flags=area,format=rgba,colorchannelmixer=aa=${wish.opacity}`;
  // Written as the picture below it is, or its colours would shift.
  const written = `scale=out_color_matrix=${matrix}:out_range=tv,format=yuva420p`;
  return `[1:v]${look},${written}[mark];[${base}][mark]overlay=x=${x}:y=${y}${enabled(wish, times)}`;
}

/** Letters as tall as a third of `size`, unless the words would not fit on the canvas. */
function widthOfWords({ size }: Watermark, canvas: Size, gap: number): string {
  const letters = Math.max(8, Math.round((canvas.width * size) / 3));
  return `min(iw*${(letters / drawnLetterPx).toFixed(4)}\\,${canvas.width - 2 * gap})`;
}
