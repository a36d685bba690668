import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../kind.ts';
import type { Size } from '../media/display-size.ts';
import { encodeVideo } from '../media/encoders.ts';
import { escapeFilterValue } from '../media/escape-filter-value.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { measurePackets } from '../media/measure-duration.ts';
import type { Source } from '../media/open-source.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { inStages } from '../media/stages.ts';
import { type PictureParts, pictureGraph } from './picture-graph.ts';
import { placeLooks } from './place-looks.ts';
import type { Plan, VideoPlan } from './plan.ts';
import type { Rung } from './rung.ts';
import { plainPlan } from './take-samples.ts';

/** What looks at the source say of each rung. */
export interface LadderMeasures {
  /** No picture was found where one was looked for: there is nothing to go by. */
  readonly blind: boolean;
  /**
   * By the name of the rung: 1 - SSIM of the luma when the top picture is made so small and enlarged again, of the picture that loses
   * most: a title or a dark scene has little to lose. The top loses nothing.
   */
  readonly losses: ReadonlyMap<string, number>;
  /** What the probe needed where it needed most, bits per second. */
  readonly probeBitrate: number;
  readonly probe: Rung;
}

/** About this many lines are encoded: a tenth of the work of 1080. */
const probeLines = 360;

interface Eye {
  readonly task: Task<unknown>;
  readonly source: Source;
  readonly plan: Plan;
  readonly video: VideoPlan;
  readonly parts: Pick<PictureParts, 'deinterlace'>;
  readonly rungs: readonly [Rung, ...Rung[]];
  readonly probe: Rung;
}

interface Seen {
  /** Seconds and bits of the probe; zero where no picture was. */
  readonly seconds: number;
  readonly bits: number;
  readonly losses: ReadonlyMap<string, number>;
}

/**
 * Stretches of the source and single pictures between them: pictures, one a second of a stretch, are made as small as each rung and
 * enlarged again; of a stretch a small rung is encoded as it would be.
 */
export async function measureLadder(
  task: Task<unknown>,
  source: Source,
  plan: Plan,
  video: VideoPlan,
  { parts, rungs }: { readonly parts: PictureParts; readonly rungs: readonly [Rung, ...Rung[]] },
): Promise<LadderMeasures> {
  const [top] = rungs;
  const probe = rungs.findLast(({ size }) => shortSide(size) >= probeLines) ?? top;
  const { stretches, glances } = placeLooks(plan);
  const stages = inStages(task, [...stretches.map(() => glancesPerStretch), ...glances.map(() => 1)]);
  const eye = (stage: number): Eye => ({ task: stages.at(stage), source, plan, video, parts, rungs, probe });
  const seen: Seen[] = [];
  for (const [index, stretch] of stretches.entries()) seen.push(await watch(eye(index), stretch));
  const blind = seen.every(({ seconds }) => seconds === 0);
  if (!blind) for (const [index, at] of glances.entries()) seen.push(await glance(eye(stretches.length + index), at));
  return {
    blind,
    losses: new Map(rungs.map(({ name }) => [name, Math.max(0, ...seen.map(({ losses }) => losses.get(name) ?? 0))])),
    probeBitrate: Math.max(...seen.map(({ bits, seconds }) => (seconds === 0 ? 0 : bits / seconds))),
    probe,
  };
}

/** So much work is one stretch (`npm run bench -- video`). */
const glancesPerStretch = 5;

async function watch(eye: Eye, { at, seconds }: { readonly at: number; readonly seconds: number }): Promise<Seen> {
  const { task, source, probe } = eye;
  const encoded = join(task.scratch, 'probe.mkv');
  const reports = reportsOf(eye);
  await runFfmpeg({
    inputs: [
      { path: source.file.path, options: [...source.inputOptions, '-ss', at.toFixed(3), '-t', String(seconds)] },
    ],
    filterGraph: [
      wholePicture(eye),
      `[whole]split=2[a][b];[a]${scale(probe.size)}[probe];[b]fps=1:round=up[one]`,
      ...compare(eye, reports),
    ].join(';'),
    outputs: [encodeProbe(probe, encoded), discard(reports)],
    inputName: source.file.name,
    signal: task.signal,
    onProgress: reportFraction(task, seconds),
  });
  const shown = await measurePackets(encoded, 'matroska', task.signal);
  if (shown.seconds === 0) return { seconds: 0, bits: 0, losses: new Map() };
  const length = Math.max(shown.seconds, Math.min(1, seconds));
  return { seconds: length, bits: (await stat(encoded)).size * 8, losses: await readReports(reports) };
}

/** The keyframe before: nothing is decoded to get there, so a source with one keyframe shows the same picture again. */
async function glance(eye: Eye, at: number): Promise<Seen> {
  const { task, source } = eye;
  const reports = reportsOf(eye);
  await runFfmpeg({
    inputs: [
      {
        path: source.file.path,
        options: ['-threads', '1', ...source.inputOptions, '-noaccurate_seek', '-ss', at.toFixed(3)],
      },
    ],
    filterGraph: [wholePicture(eye), '[whole]trim=end_frame=1[one]', ...compare(eye, reports)].join(';'),
    outputs: [discard(reports)],
    inputName: source.file.name,
    signal: task.signal,
  });
  task.progress(1);
  return { seconds: 0, bits: 0, losses: await readReports(reports) };
}

interface Report {
  readonly rung: Rung;
  readonly path: string;
}

/** Written anew by every look. */
function reportsOf({ task, rungs }: Eye): readonly Report[] {
  return rungs.slice(1).map((rung) => ({ rung, path: join(task.scratch, `loss-${rung.name}.txt`) }));
}

async function readReports(reports: readonly Report[]): Promise<Seen['losses']> {
  const read = async ({ rung, path }: Report) =>
    [rung.name, Math.max(0, ...readLosses(await readFile(path, 'utf8').catch(() => '')))] as const;
  return new Map(await Promise.all(reports.map(read)));
}

function wholePicture({ plan, video, parts: { deinterlace }, rungs: [top] }: Eye): string {
  return pictureGraph(plainPlan(plan), video, { deinterlace }, 'whole', { size: top.picture, canvas: top.size });
}

function encodeProbe({ encoding }: Rung, target: string): { target: string; options: string[] } {
  const options = encodeVideo({ ...encoding, maxBitrate: undefined });
  return { target, options: ['-map', '[probe]', ...options, '-f', 'matroska'] };
}

const discard = (reports: readonly Report[]) => ({
  target: '-',
  options: [...reports.flatMap(({ rung }) => ['-map', `[${rung.name}]`]), '-f', 'null'],
});

/** From `[one]` on. */
function compare({ rungs: [top] }: Eye, reports: readonly Report[]): string[] {
  const pads = (side: string) => reports.map(({ rung }) => `[${side}${rung.name}]`).join('');
  return [
    `[one]split=2[ref][small]`,
    `[ref]split=${reports.length}${pads('r')}`,
    `[small]split=${reports.length}${pads('s')}`,
    ...reports.map(
      ({ rung: { name, size }, path }) =>
        `[s${name}]${scale(size)},${scale(top.size)}[e${name}];[r${name}][e${name}]ssim=stats_file=${escapeFilterValue(path)}[${name}]`,
    ),
  ];
}

/** `n:1 Y:0.993 U:… All:…` for each picture. */
export function readLosses(report: string): number[] {
  return [...report.matchAll(/^n:\d+ Y:([\d.]+)/gm)].map(([, ssim]) => 1 - Number(ssim));
}

const scale = ({ width, height }: Size) => `scale=${width}:${height}:flags=lanczos,setsar=1`;
const shortSide = ({ width, height }: Size) => Math.min(width, height);
