import type { Task } from '../kind.ts';
import type { Source } from '../media/open-source.ts';
import { chooseRungs, measuresLadder } from './choose-rungs.ts';
import { measureLadder } from './measure-ladder.ts';
import type { PictureParts } from './picture-graph.ts';
import type { Plan } from './plan.ts';
import { keepWorthy } from './worthy-rungs.ts';

export async function settleLadder(
  task: Task<unknown>,
  source: Source,
  plan: Plan,
  parts: PictureParts,
): Promise<Plan> {
  const { video } = plan;
  const [top, ...lower] = video === undefined || !measuresLadder(plan) ? [] : chooseRungs(video);
  if (video === undefined || top === undefined) return plan;
  const rungs = [top, ...lower] as const;
  const measures = await measureLadder(task, source, plan, video, { parts, rungs });
  if (measures.blind) return plan;
  const { width, height } = video.sourceSize;
  const { rungs: measured, leftOut } = keepWorthy(rungs, {
    measures,
    source: { bitrate: pictureBitrate(source), codec: video.stream.codec, pixels: width * height },
    capped: video.encoding.maxBitrate !== undefined,
  });
  return { ...plan, video: { ...video, measured, leftOut } };
}

/** As the container tells, or what is left of the file when the sound is taken off. */
function pictureBitrate({ file, media, video, durationSeconds }: Source): number | undefined {
  if (video?.bitrate !== undefined) return video.bitrate;
  if (durationSeconds <= 0 || media.video.length !== 1) return undefined;
  const sound = media.audio.reduce((sum, { bitrate = 0 }) => sum + bitrate, 0);
  return Math.max(0, (file.bytes * 8) / durationSeconds - sound) || undefined;
}
