import type { Task } from '../kind.ts';
import type { Size } from '../media/display-size.ts';
import { threads } from '../media/encoders.ts';
import { type FfmpegRun, runFfmpeg } from '../media/ffmpeg.ts';
import { hasFilter } from '../media/find-filters.ts';
import { measuringFfmpeg } from '../media/measuring-ffmpeg.ts';
import { reportFraction } from '../media/report-fraction.ts';
import type { Reporter } from '../media/stages.ts';
import { asSamples, comparePair, readScore } from './compare-pictures.ts';
import type { Score } from './quality-goal.ts';

/** What the encoder was given, made once more. */
export interface Wanted {
  readonly inputs: FfmpegRun['inputs'];
  /** Its pads are `v0`, `v1` …: one for each rendition. */
  readonly filterGraph: string;
  /** Filters that leave what became the result, where the encoder's own options did it. */
  readonly cut: readonly string[];
  readonly pixelFormat: string;
  readonly seconds: number;
  readonly inputName: string;
}

/** A finished rendition. */
export interface Made {
  readonly path: string;
  /** How it is to be opened. */
  readonly options: readonly string[];
  readonly size: Size;
}

/** Every frame of every rendition against what the encoder was given, from one decode of the source. */
export async function scoreWhole(
  task: Pick<Task<unknown>, 'signal'> & Reporter,
  wanted: Wanted,
  made: readonly Made[],
): Promise<readonly Score[]> {
  const program = await programFor(wanted.filterGraph);
  const vmaf = await hasFilter('libvmaf', program);
  const same = asSamples(wanted.pixelFormat);
  const both = made.map(({ size }, index) => ({
    ...{ name: `r${index}`, made: `made${index}`, wanted: `wanted${index}`, size },
  }));
  // Six rungs of 4K by eight threads each are more than the cage's address space; these together have as many as one encoder.
  const share = { threads: Math.max(1, Math.floor(Number(threads) / made.length)) };
  const pairs = both.map((pair) => comparePair(pair, vmaf ? share : undefined));
  const { log } = await runFfmpeg({
    program,
    inputs: [...wanted.inputs, ...made.map(({ path, options }) => ({ path, options: ['-threads', '1', ...options] }))],
    filterGraph: [
      wanted.filterGraph,
      ...made.flatMap((_, index) => [
        `[v${index}]${[...wanted.cut, fromZero, same].join(',')}[wanted${index}]`,
        `[${wanted.inputs.length + index}:v:0]${fromZero},${aLittleLate},${same}[made${index}]`,
      ]),
      ...pairs.flatMap(({ filters }) => filters),
    ].join(';'),
    outputs: pairs
      .flatMap(({ ends }) => ends)
      .map((end) => ({ target: '-', options: ['-map', `[${end}]`, '-fps_mode', 'passthrough', '-f', 'null'] })),
    logLevel: 'info',
    inputName: wanted.inputName,
    signal: task.signal,
    onProgress: reportFraction(task, wanted.seconds),
  });
  return both.map((pair) => readScore(log, pair));
}

const fromZero = 'setpts=PTS-STARTPTS';
/**
 * Each frame is compared with the latest that is not later. Both are the same instant on two clocks, of which a container's may
 * count in milliseconds, so what was made comes two of them later.
 */
const aLittleLate = 'setpts=PTS+0.002/TB';

/** Words are drawn with the fonts the encoder's ffmpeg finds, which another build may not. */
async function programFor(graph: string): Promise<string> {
  const other = measuringFfmpeg();
  if (graph.includes('subtitles=')) return 'ffmpeg';
  const special = ['zscale', 'tonemap', 'bwdif'].filter((filter) => graph.includes(`${filter}=`));
  const has = await Promise.all(special.map((filter) => hasFilter(filter, other)));
  return has.every(Boolean) ? other : 'ffmpeg';
}
