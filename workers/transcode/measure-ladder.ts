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
import { sideBySide } from '../media/stages.ts';
import { type PictureParts, pictureGraph } from './picture-graph.ts';
import type { Plan, VideoPlan } from './plan.ts';
import type { Rung } from './rung.ts';
import { placeSamples, plainPlan } from './take-samples.ts';

/** What a look at the source says of each rung. */
export interface LadderMeasures {
  /** No picture was found where one was looked for: there is nothing to go by. */
  readonly blind: boolean;
  /**
   * By the name of the rung: 1 - SSIM of the luma when the top picture is made so small and enlarged again, of the picture that loses
   * most: a title or a dark scene has little to lose. The top loses nothing.
   */
  readonly losses: ReadonlyMap<string, number>;
  /** What the probe needed, bits per second. */
  readonly probeBitrate: number;
  readonly probe: Rung;
}

/** About this many lines are encoded: a tenth of the work of 1080. */
const probeLines = 360;

/**
 * A few seconds of the source, decoded once: pictures, one a second, are made as small as each rung and enlarged again; a small rung
 * is encoded as it would be.
 */
export async function measureLadder(
  task: Task<unknown>,
  source: Source,
  plan: Plan,
  video: VideoPlan,
  looks: { readonly parts: PictureParts; readonly rungs: readonly [Rung, ...Rung[]] },
): Promise<LadderMeasures> {
  const { rungs } = looks;
  const [top] = rungs;
  const probe = rungs.findLast(({ size }) => shortSide(size) >= probeLines) ?? top;
  const places = placeSamples(plan);
  const seen = new Map<string, number[]>(rungs.map(({ name }) => [name, []]));
  const looking = sideBySide(task, places.length);
  let bytes = 0;
  let looked = 0;
  for (const [index, { at, seconds }] of places.entries()) {
    const encoded = join(task.scratch, `probe-${index}.mkv`);
    const reports = rungs
      .slice(1)
      .map((rung) => ({ rung, path: join(task.scratch, `loss-${rung.name}-${index}.txt`) }));
    const { deinterlace } = looks.parts;
    await runFfmpeg({
      inputs: [
        { path: source.file.path, options: [...source.inputOptions, '-ss', at.toFixed(3), '-t', String(seconds)] },
      ],
      filterGraph: [
        pictureGraph(plainPlan(plan), video, { deinterlace }, 'whole', { size: top.picture, canvas: top.size }),
        `[whole]split=2[a][b];[a]${scale(probe.size)}[probe]`,
        ...compare(top.size, reports),
      ].join(';'),
      outputs: [encodeProbe(probe, encoded), discard(reports.map(({ rung }) => rung.name))],
      inputName: source.file.name,
      signal: task.signal,
      onProgress: reportFraction(looking[index] ?? task, seconds),
    });
    const shown = await measurePackets(encoded, 'matroska', task.signal);
    if (shown.seconds === 0) continue;
    bytes += (await stat(encoded)).size;
    looked += Math.max(shown.seconds, Math.min(1, seconds));
    for (const { rung, path } of reports) seen.get(rung.name)?.push(...readLosses(await readFile(path, 'utf8')));
  }
  return {
    blind: looked === 0,
    losses: new Map([...seen].map(([name, values]) => [name, Math.max(0, ...values)])),
    probeBitrate: looked === 0 ? 0 : (bytes * 8) / looked,
    probe,
  };
}

function encodeProbe({ encoding }: Rung, target: string): { target: string; options: string[] } {
  const options = encodeVideo({ ...encoding, maxBitrate: undefined });
  return { target, options: ['-map', '[probe]', ...options, '-f', 'matroska'] };
}

const discard = (pads: readonly string[]) => ({
  target: '-',
  options: [...pads.flatMap((pad) => ['-map', `[${pad}]`]), '-f', 'null'],
});

/** From `[b]` on. */
function compare(top: Size, reports: readonly { readonly rung: Rung; readonly path: string }[]): string[] {
  const pads = (side: string) => reports.map(({ rung }) => `[${side}${rung.name}]`).join('');
  return [
    `[b]fps=1:round=up,split=2[ref][small]`,
    `[ref]split=${reports.length}${pads('r')}`,
    `[small]split=${reports.length}${pads('s')}`,
    ...reports.map(
      ({ rung: { name, size }, path }) =>
        `[s${name}]${scale(size)},${scale(top)}[e${name}];[r${name}][e${name}]ssim=stats_file=${escapeFilterValue(path)}[${name}]`,
    ),
  ];
}

/** `n:1 Y:0.993 U:… All:…` for each picture. */
export function readLosses(report: string): number[] {
  return [...report.matchAll(/^n:\d+ Y:([\d.]+)/gm)].map(([, ssim]) => 1 - Number(ssim));
}

const scale = ({ width, height }: Size) => `scale=${width}:${height}:flags=lanczos,setsar=1`;
const shortSide = ({ width, height }: Size) => Math.min(width, height);
