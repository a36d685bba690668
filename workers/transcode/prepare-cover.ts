import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { Task } from '../kind.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { Source } from '../media/open-source.ts';
import { guardedInput } from '../media/probe-media.ts';
import type { Plan } from './plan.ts';
import { openPicture, type PictureInput } from './watermark.ts';

/** Larger covers are scaled down: players show them small, and every copy of the song carries them. */
const longestSide = 1400;

/**
 * The picture of a song as an input of its own, ready to be copied in: the second input, or the source's own where a clip begins
 * later. What is cut off the beginning of the result would take it along, so it is put where the clip begins.
 */
export async function prepareCover(plan: Plan, source: Source, task: Working): Promise<PictureInput | undefined> {
  const { leadSeconds } = plan.clip;
  const kept = keptCover(source, plan);
  const takesOut = kept !== undefined && leadSeconds > 0;
  if (!plan.newCover && !takesOut) return undefined;
  const { options, ...made } = plan.newCover ? await drawCover(task) : await takeOut(task, source, kept as CoverStream);
  return { ...made, options: leadSeconds > 0 ? [...options, '-itsoffset', leadSeconds.toFixed(6)] : options };
}

type Working = Pick<Task<unknown>, 'inputs' | 'scratch' | 'signal'>;
type CoverStream = Source['media']['artwork'][number];

const withCover = new Set(['mp3', 'm4a', 'flac']);

/** The cover that comes along. */
export function keptCover(source: Source, plan: Pick<Plan, 'keepCover' | 'container'>): CoverStream | undefined {
  if (!plan.keepCover || !withCover.has(plan.container)) return undefined;
  return source.media.artwork.find(({ codec }) => codec === 'mjpeg' || codec === 'png');
}

/** As it is. ffmpeg moves no attached picture in time, but it does a file. */
async function takeOut({ scratch, signal }: Working, { file, inputOptions }: Source, cover: CoverStream) {
  const form = cover.codec === 'png' ? png : jpeg;
  const path = join(scratch, form.file);
  await runFfmpeg({
    inputs: [{ path: file.path, options: inputOptions }],
    outputs: [{ target: path, options: ['-map', `0:${cover.index}`, '-c', 'copy', '-update', '1', '-f', 'image2'] }],
    inputName: file.name,
    signal,
  });
  return { path, options: guardedInput(form.demuxer), demuxer: form.demuxer };
}

/**
 * The second input as the picture of a song, ready to be copied in: a PNG stays one, for its sharp edges; anything else becomes a
 * JPEG, as players know it. @throws InputError when there is none, or none that can be decoded.
 */
async function drawCover({ inputs, scratch, signal }: Working): Promise<PictureInput> {
  const picture = inputs[1];
  if (picture === undefined) throw new InputError('A cover needs a picture as the second input.');
  const { demuxer, ...opened } = openPicture(picture, 'a cover');
  const form = demuxer === 'png_pipe' ? png : jpeg;
  const path = join(scratch, form.file);
  const box = `scale=min(iw\\,${longestSide}):min(ih\\,${longestSide}):force_original_aspect_ratio=decrease:out_range=pc`;
  await runFfmpeg({
    inputs: [opened],
    outputs: [
      { target: path, options: ['-vf', box, '-frames:v', '1', ...form.encode, '-update', '1', '-f', 'image2'] },
    ],
    inputName: picture.name,
    signal,
  });
  return { path, options: guardedInput(form.demuxer), demuxer: form.demuxer };
}

const png = { file: 'cover.png', demuxer: 'png_pipe', encode: ['-c:v', 'png'] };
const jpeg = {
  file: 'cover.jpg',
  demuxer: 'jpeg_pipe',
  encode: ['-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj420p'],
};
