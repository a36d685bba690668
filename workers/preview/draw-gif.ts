import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type FfmpegRun, runFfmpeg } from '../media/ffmpeg.ts';
import { type FfmpegProgress, tellFrames } from '../media/read-progress.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { inStages, type Reporter } from '../media/stages.ts';

export interface GifWork extends Pick<FfmpegRun, 'inputs' | 'inputName' | 'signal'> {
  /** A filter graph that ends in `[pictures]`, in RGB so that the palette sees the colours. */
  readonly graph: string;
  readonly seconds: number;
  /** A second: of what is decoded, and of what is drawn. */
  readonly megapixels: { readonly source: number; readonly drawn: number };
  /** An empty folder. */
  readonly scratch: string;
  readonly target: string;
}

/** Seconds of one core for a megapixel decoded, kept and looked at, drawn. */
const decoding = 0.0024;
const keeping = 0.038;
const drawing = 0.045;
/** For choosing among the colours: the more there are, up to a point. */
const choosing = 0.025;
const mostChoosing = 0.8;

/** The share of the first run in which pictures pass, and the cost of both. */
function forecast({ megapixels: { source, drawn }, seconds }: Pick<GifWork, 'megapixels' | 'seconds'>) {
  const seeing = seconds * (source * decoding + drawn * keeping);
  const first = seeing + Math.min(mostChoosing, seconds * drawn * choosing);
  return { seen: seeing / first, runs: [first, seconds * drawn * drawing] };
}

/** Only what we wrote ourselves is read. */
const guarded = (demuxer: string) => ['-protocol_whitelist', 'file', '-format_whitelist', demuxer, '-f', demuxer];

/**
 * A GIF with a palette of its own. Every picture has to be seen before the first is drawn: they are decoded once and kept without loss
 * in a file meanwhile, for one process would hold them all in memory, and tell nothing of how far it is.
 * Nothing is drawn where there was no picture.
 */
export async function drawGif(task: Reporter, work: GifWork): Promise<void> {
  const { graph, seconds, scratch, target, inputs, inputName, signal } = work;
  const { seen, runs } = forecast(work);
  const stages = inStages(task, runs);
  const [kept, palette] = [join(scratch, 'pictures.nut'), join(scratch, 'palette.png')];
  await runFfmpeg({
    ...{ inputs, inputName, signal },
    filterGraph: `${graph};[pictures]${tellFrames},split[kept][seen];[seen]palettegen=stats_mode=diff[palette]`,
    outputs: [
      { target: kept, options: ['-map', '[kept]', '-an', ...lossless] },
      {
        target: palette,
        options: ['-map', '[palette]', '-frames:v', '1', '-update', '1', '-c:v', 'png', '-f', 'image2'],
      },
    ],
    heartbeatMs: 200,
    onProgress: reportSeeing(stages.at(0), seconds, seen),
  });
  if ((await stat(palette).catch(() => ({ size: 0 }))).size === 0) return;
  await runFfmpeg({
    ...{ inputName, signal },
    inputs: [
      { path: kept, options: guarded('nut') },
      { path: palette, options: guarded('png_pipe') },
    ],
    filterGraph: '[0:v]format=rgb24[kept];[kept][1:v]paletteuse=dither=bayer:bayer_scale=4[drawn]',
    outputs: [{ target, options: ['-map', '[drawn]', '-loop', '0', '-f', 'gif'] }],
    onProgress: reportFraction(stages.at(1), seconds, [0, 1]),
  });
}

/** Nothing is told while the colours are chosen; then the time goes by the CPU that is spent. */
function reportSeeing(task: Reporter, seconds: number, seen: number): (progress: FfmpegProgress) => void {
  const pictures = reportFraction(task, seconds, [0, seen]);
  let [last, spent] = [0, 0];
  return (progress) => {
    const { seconds: at = 0, told = false, advanced, cpuSeconds = 0 } = progress;
    if (told && advanced) [last, spent] = [at, cpuSeconds];
    const all = last > 0.9 * seconds && !advanced && spent > 0;
    if (all) task.progress(Math.min(0.97, seen * (cpuSeconds / spent)), cpuSeconds);
    else pictures(progress);
  };
}

/** NUT keeps times exactly, Ut Video every sample: x264's lossless mode is off by one in a few (seen in 5.1.9 with RGB). */
const lossless = ['-c:v', 'utvideo', '-f', 'nut'];
