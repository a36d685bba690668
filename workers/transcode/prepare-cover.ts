import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { Task } from '../kind.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { guardedInput } from '../media/probe-media.ts';
import type { Plan } from './plan.ts';
import { openPicture, type PictureInput } from './watermark.ts';

/** Larger covers are scaled down: players show them small, and every copy of the song carries them. */
const longestSide = 1400;

/**
 * The second input as the picture of a song, ready to be copied in: a PNG stays one, for its sharp edges; anything else becomes a
 * JPEG, as players know it. @throws InputError when there is none, or none that can be decoded.
 */
export async function prepareCover(
  { newCover }: Pick<Plan, 'newCover'>,
  { inputs, scratch, signal }: Pick<Task<unknown>, 'inputs' | 'scratch' | 'signal'>,
): Promise<PictureInput | undefined> {
  if (!newCover) return undefined;
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
