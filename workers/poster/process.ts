import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { Output, Process, Task } from '../kind.ts';
import { displaySize, fitInside } from '../media/display-size.ts';
import { openSource, type Source } from '../media/open-source.ts';
import { probeMedia } from '../media/probe-media.ts';
import { stills, takeStill } from '../media/take-still.ts';
import { refuseCutOff } from '../media/verify-output.ts';
import type { PosterParams } from './contract.ts';
import { findBestTime } from './find-best-time.ts';
import { takeArtwork } from './take-artwork.ts';

type PosterTask = Task<PosterParams>;

/** Choose the times → take the pictures. Sound with a cover gives its cover. */
export const process: Process<PosterParams> = async (task) => {
  const [input] = task.inputs;
  if (input === undefined) throw new TypeError('the contract asks for one input');
  const source = await openSource(input, task.signal);
  if (source.video === undefined) return [await takeArtwork(task, source)];
  const times = await chooseTimes(task, source);
  refuseCutOff(source, Math.max(...times));
  const outputs: Output[] = [];
  for (const [index, seconds] of times.entries()) {
    outputs.push(await takePoster(task, source, seconds, times.length > 1 ? index + 1 : undefined));
    task.progress((index + 1) / times.length);
  }
  return outputs;
};

async function chooseTimes(task: PosterTask, source: Source): Promise<readonly number[]> {
  const { params } = task;
  const length = source.durationSeconds;
  if (params.time !== undefined) return [params.time];
  if (params.percent !== undefined) return [(params.percent / 100) * length];
  const { count } = params;
  if (count !== undefined) return Array.from({ length: count }, (_, index) => ((index + 0.5) / count) * length);
  return [await findBestTime(source, task)];
}

async function takePoster(task: PosterTask, source: Source, seconds: number, number?: number): Promise<Output> {
  const { params, scratch, signal } = task;
  const still = stills[params.format ?? 'jpeg'];
  const suffix = number === undefined ? '' : `_${String(number).padStart(3, '0')}`;
  const path = join(scratch, `poster${suffix}.${still.extension}`);
  const wish = {
    size: fitInside(displaySize(source.video ?? { width: 0, height: 0, aspectOfSample: 1, rotation: 0 }), params),
    format: params.format ?? 'jpeg',
    quality: params.quality ?? 85,
    path,
  } as const;
  for (const attempt of earlierAndEarlier(seconds, source)) {
    if (!(await takeStill(source, { ...wish, seconds: attempt }, signal))) continue;
    const media = await probeMedia({ path, demuxer: still.demuxer, name: 'poster', signal });
    const facts = {
      width: media.video[0]?.width ?? 0,
      height: media.video[0]?.height ?? 0,
      timeMs: Math.round(attempt * 1000),
    };
    return { name: `${task.name}${suffix}.${still.extension}`, path, mediaType: still.mediaType, facts };
  }
  throw new InputError(
    `No picture in "${source.file.name}" could be decoded: it is damaged. Play it to check it and send it again.`,
  );
}

/**
 * Declared lengths lie and the last frame begins before the end, so a miss falls back: to the last frame, a little, to the middle, to
 * the start.
 */
function earlierAndEarlier(seconds: number, { durationSeconds: length, video }: Source): readonly number[] {
  const wished = length > 0 ? Math.min(seconds, length) : seconds;
  const lastFrame = 1.5 / (video?.fps ?? 25);
  return [...new Set([wished, ...[lastFrame, 0.2, 2].map((back) => Math.max(0, wished - back)), wished / 2, 0])];
}
