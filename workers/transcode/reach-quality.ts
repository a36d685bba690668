import { join } from 'node:path';
import type { Task } from '../kind.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { Source } from '../media/open-source.ts';
import { measureQuality, type Trial } from './measure-quality.ts';
import { type PictureParts, pictureGraph } from './picture-graph.ts';
import type { Plan, VideoPlan } from './plan.ts';

/** Samples of the source, spread over it: 3 × 2 s cost as much as encoding twenty seconds, whatever the length. */
const samples = 3;
const sampleSeconds = 2;
/** The usual range; the line through two points is bent further out, so a third trial is made where it leads. */
const firstTrials = [22, 32] as const;
const crfBounds = [12, 45] as const;

/** When an SSIM is asked for: the CRF that reaches it on samples, and the score it got there. The bitrate stays free. */
export async function reachQuality(
  task: Task<unknown>,
  source: Source,
  plan: Plan,
  parts: PictureParts,
): Promise<Plan> {
  const { video } = plan;
  if (video?.ssim === undefined || video.copy) return plan;
  const target = decibels(video.ssim);
  const references = await takeSamples(task, source, plan, video, parts);
  const measure = (crf: number) =>
    measureQuality(task, references, { ...video.encoding, crf, bitrate: undefined }, source.file.name);
  const [coarse, fine] = [await measure(firstTrials[1]), await measure(firstTrials[0])];
  const third = await measure(crossing(coarse, fine, target));
  const best = await settle(measure, [fine, third, coarse], target);
  return { ...plan, video: { ...video, encoding: { ...video.encoding, crf: best.crf }, score: best } };
}

/** SSIM as dB is nearly linear in the CRF. */
function decibels(ssim: number): number {
  return -10 * Math.log10(1 - Math.min(ssim, 0.999_999));
}

/** The CRF at which the line through two trials meets the target, whole and within bounds. */
export function crossing(a: Pick<Trial, 'crf' | 'ssim'>, b: Pick<Trial, 'crf' | 'ssim'>, target: number): number {
  const [low, high] = crfBounds;
  const slope = (decibels(b.ssim) - decibels(a.ssim)) / (b.crf - a.crf);
  if (!Number.isFinite(slope) || slope >= 0) return low;
  return Math.round(Math.min(high, Math.max(low, a.crf + (target - decibels(a.ssim)) / slope)));
}

/** The largest CRF tried that reaches the target; one more trial two steps down when none did. */
async function settle(
  measure: (crf: number) => Promise<Trial>,
  trials: readonly Trial[],
  target: number,
): Promise<Trial> {
  const good = trials.filter((trial) => decibels(trial.ssim) >= target - 0.1).sort((a, b) => b.crf - a.crf);
  const [best] = good;
  if (best !== undefined) return best;
  const lowest = Math.min(...trials.map((trial) => trial.crf));
  return measure(Math.max(crfBounds[0], lowest - 2));
}

/** Stretches of the source as the encoder will see them, kept without loss. */
async function takeSamples(
  task: Task<unknown>,
  source: Source,
  plan: Plan,
  video: VideoPlan,
  parts: PictureParts,
): Promise<readonly string[]> {
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
  const start = sourceStart(plan);
  const paths: string[] = [];
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
    });
    paths.push(path);
    task.progress(0.01);
  }
  return paths;
}

function sourceStart({ clip }: Plan): number {
  const at = clip.inputOptions.indexOf('-ss');
  return (at < 0 ? 0 : Number(clip.inputOptions[at + 1])) + clip.leadSeconds;
}
