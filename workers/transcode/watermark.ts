import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { InputFile, Task } from '../kind.ts';
import { even, type Size } from '../media/display-size.ts';
import { escapeFilterValue } from '../media/escape-filter-value.ts';
import { guardedInput } from '../media/probe-media.ts';
import type { TranscodeParams } from './params.ts';

type Watermark = NonNullable<TranscodeParams['watermark']>;

/** A watermark made ready: words in a file, or a second input of the command. */
export interface Mark {
  readonly wish: Watermark;
  readonly textFile?: string;
  readonly pictureInput?: PictureInput;
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
    const textFile = join(task.scratch, 'watermark.txt');
    await writeFile(textFile, wish.text);
    return { wish, textFile };
  }
  const picture = task.inputs[1];
  if (picture === undefined) throw new InputError('A watermark needs either text or a picture as the second input.');
  return { wish, pictureInput: openPicture(picture, 'a watermark') };
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
function enabled({ start, end }: Watermark, lead: number): string {
  if (start === undefined && end === undefined) return '';
  const from = (lead + (start ?? 0)).toFixed(3);
  return end === undefined ? `:enable=gte(t\\,${from})` : `:enable=between(t\\,${from}\\,${(lead + end).toFixed(3)})`;
}

export function overlayText({ wish, textFile = '' }: Mark, canvas: Size, lead: number): string {
  const gap = Math.round(canvas.width * margin);
  const [x, y] = place(wish.position, ['tw', 'th'], ['w', 'h'], gap);
  const letters = Math.max(8, Math.round((canvas.width * wish.size) / 3));
  const look = `fontsize=${letters}:fontcolor=white@${wish.opacity}:shadowcolor=black@${wish.opacity}:shadowx=1:shadowy=1`;
  return `drawtext=textfile=${escapeFilterValue(textFile)}:expansion=none:font=Sans:${look}:x=${x}:y=${y}${enabled(wish, lead)}`;
}

/** The picture is input 1 of the command. */
export function overlayPicture({ wish }: Mark, canvas: Size, lead: number, base: string): string {
  const width = even(canvas.width * wish.size);
  const [x, y] = place(wish.position, ['w', 'h'], ['W', 'H'], Math.round(canvas.width * margin));
  const look = `scale=${width}:-1,format=rgba,colorchannelmixer=aa=${wish.opacity}`;
  return `[1:v]${look}[mark];[${base}][mark]overlay=x=${x}:y=${y}${enabled(wish, lead)}`;
}
