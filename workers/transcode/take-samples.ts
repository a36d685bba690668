import { join } from 'node:path';
import type { Task } from '../kind.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
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
  const { seconds } = plan.clip;
  const count = seconds > samples * sampleSeconds * 2 ? samples : 1;
  const length = count === 1 ? Math.min(Math.max(seconds, 1), samples * sampleSeconds) : sampleSeconds;
  const plain = {
    ...plan,
    watermark: undefined,
    fade: { in: 0, out: 0 },
    speed: 1,
    clip: { ...plan.clip, leadSeconds: 0 },
  };
  const start = plan.clip.seekSeconds + plan.clip.leadSeconds;
  const paths: string[] = [];
  const taking = sideBySide(task, count);
  for (let index = 0; index < count; index++) {
    const path = join(task.scratch, `sample-${index}.mkv`);
    const at = start + (count === 1 ? 0 : ((index + 0.5) / count) * seconds * plan.speed);
    await runFfmpeg({
      inputs: [
        { path: source.file.path, options: [...source.inputOptions, '-ss', at.toFixed(3), '-t', String(length)] },
      ],
      filterGraph: pictureGraph(plain, video, { deinterlace: parts.deinterlace }, 'sample'),
      outputs: [
        {
          target: path,
          options: ['-map', '[sample]', '-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0', '-f', 'matroska'],
        },
      ],
      inputName: source.file.name,
      signal: task.signal,
      onProgress: reportFraction(taking[index] ?? task, length),
    });
    paths.push(path);
  }
  const frames = count * length * (video.encoding.fps ?? video.stream.fps ?? usualFps);
  return { paths, size: video.canvas, inputName: source.file.name, seconds: count * length, frames };
}
