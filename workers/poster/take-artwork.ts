import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { Output, Task } from '../kind.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { Source } from '../media/open-source.ts';
import { probeMedia } from '../media/probe-media.ts';
import { stills } from '../media/take-still.ts';
import type { PosterParams } from './contract.ts';

/** The cover inside a sound file, at its own size or smaller. @throws InputError when there is none. */
export async function takeArtwork(task: Task<PosterParams>, source: Source): Promise<Output> {
  const [cover] = source.media.artwork;
  if (cover === undefined)
    throw new InputError(`"${source.file.name}" has sound but no picture. Send a video, or sound with a cover.`);
  const { params, signal } = task;
  const still = stills[params.format ?? 'jpeg'];
  const path = join(task.scratch, `cover.${still.extension}`);
  const box = `w=min(iw\\,${params.width ?? 8192}):h=min(ih\\,${params.height ?? 8192}):force_original_aspect_ratio=decrease`;
  const encode = [...still.encode(params.quality ?? 85), '-update', '1', '-f', 'image2'];
  await runFfmpeg({
    inputs: [{ path: source.file.path, options: source.inputOptions }],
    outputs: [
      {
        target: path,
        options: [
          '-map',
          `0:${cover.index}`,
          '-vf',
          `scale=${box},format=${still.pixelFormat}`,
          '-frames:v',
          '1',
          ...encode,
        ],
      },
    ],
    inputName: source.file.name,
    signal,
  });
  if ((await stat(path).catch(() => ({ size: 0 }))).size === 0) {
    throw new InputError(`The cover in "${source.file.name}" could not be decoded. Send it with another cover.`);
  }
  const media = await probeMedia({ path, demuxer: still.demuxer, name: 'cover', signal });
  const facts = { width: media.video[0]?.width ?? 0, height: media.video[0]?.height ?? 0 };
  return { name: `${task.name}.${still.extension}`, path, mediaType: still.mediaType, facts };
}
