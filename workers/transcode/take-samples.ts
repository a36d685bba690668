import { join } from 'node:path';
import type { Task } from '../kind.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { measurePackets } from '../media/measure-duration.ts';
import type { Source } from '../media/open-source.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { sideBySide } from '../media/stages.ts';
import { usualFps } from './forecast.ts';
import type { Samples } from './measure-quality.ts';
import { type PictureParts, pictureGraph } from './picture-graph.ts';
import type { Plan, VideoPlan } from './plan.ts';

/** Spread over the source: 3 × 2 s cost as much as encoding twenty seconds, whatever the length. */
const samples = 3;
const sampleSeconds = 2;

/** Stretches of the source as the encoder will see them, kept without loss. */
export async function takeSamples(
  task: Task<unknown>,
  source: Source,
  plan: Plan,
  video: VideoPlan,
  parts: PictureParts,
): Promise<Samples> {
  const taken: { path: string; seconds: number }[] = [];
  const places = placeSamples(plan);
  const taking = sideBySide(task, places.length);
  // The sound may go on without the picture: where there is none, nothing is compared.
  for (const [index, { at, seconds }] of [...places, firstSeconds(plan)].entries()) {
    if (index === places.length && taken.length > 0) break;
    const path = join(task.scratch, `sample-${index}.mkv`);
    await runFfmpeg({
      inputs: [
        { path: source.file.path, options: [...source.inputOptions, '-ss', at.toFixed(3), '-t', String(seconds)] },
      ],
      filterGraph: pictureGraph(plainPlan(plan), video, { deinterlace: parts.deinterlace }, 'sample'),
      outputs: [
        {
          target: path,
          options: ['-map', '[sample]', '-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0', '-f', 'matroska'],
        },
      ],
      inputName: source.file.name,
      signal: task.signal,
      onProgress: reportFraction(taking[index] ?? task, seconds),
    });
    if ((await measurePackets(path, 'matroska', task.signal)).seconds > 0) taken.push({ path, seconds });
  }
  const seconds = taken.reduce((sum, sample) => sum + sample.seconds, 0);
  const frames = seconds * (video.encoding.fps ?? video.stream.fps ?? usualFps);
  const { canvas: size, pixelFormat } = video;
  return { paths: taken.map(({ path }) => path), seconds, frames, size, pixelFormat, inputName: source.file.name };
}

interface Place {
  /** Seconds of the source. */
  readonly at: number;
  readonly seconds: number;
}

/** Where they are taken; a short source is one, whole. */
export function placeSamples(plan: Plan): readonly Place[] {
  const { seconds } = plan.clip;
  if (seconds <= samples * sampleSeconds * 2) return [firstSeconds(plan)];
  const start = sourceStart(plan);
  return Array.from({ length: samples }, (_, index) => ({
    at: start + ((index + 0.5) / samples) * seconds * plan.speed,
    seconds: sampleSeconds,
  }));
}

function firstSeconds(plan: Plan): Place {
  return { at: sourceStart(plan), seconds: Math.min(Math.max(plan.clip.seconds, 1), samples * sampleSeconds) };
}

/** Without what is not the source's: it is looked at, not shown. */
export function plainPlan(plan: Plan): Plan {
  const { clip } = plan;
  return { ...plan, watermark: undefined, fade: { in: 0, out: 0 }, speed: 1, clip: { ...clip, leadSeconds: 0 } };
}

function sourceStart({ clip }: Plan): number {
  return clip.seekSeconds + clip.leadSeconds;
}
