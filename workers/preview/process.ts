import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, InputError } from '../../shared/errors.ts';
import type { Output, Process, Task } from '../kind.ts';
import { displaySize, fitInside, type Size } from '../media/display-size.ts';
import { threads } from '../media/encoders.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { onlyInput } from '../media/only-input.ts';
import { openSource, type Source } from '../media/open-source.ts';
import { pictureChain } from '../media/picture-chain.ts';
import { type FfmpegProgress, tellFrames } from '../media/read-progress.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { inStages, type Reporter } from '../media/stages.ts';
import { refuseCutOff } from '../media/verify-output.ts';
import { chooseSnippets, type Snippet } from './choose-snippets.ts';
import type { PreviewParams, previewFormats } from './contract.ts';

type PreviewFormat = (typeof previewFormats)[number];

type PreviewTask = Task<PreviewParams>;

export const process: Process<PreviewParams> = async (task) => {
  const source = await openSource(onlyInput(task), task.signal);
  if (source.video === undefined) throw new InputError(`"${source.file.name}" has sound but no picture. Send a video.`);
  refuseCutOff(source);
  const snippets = chooseSnippets(task.params, source.durationSeconds);
  return [(await tryDraw(task, source, snippets)) ?? (await draw(task, source, fromTheStart(snippets), 'pass'))];
};

/** Declared lengths lie, some files cannot be sought in, and some are one picture: then what comes first has to do. */
function fromTheStart(snippets: readonly Snippet[]): readonly Snippet[] {
  return [{ start: 0, seconds: secondsOf(snippets) }];
}

const secondsOf = (snippets: readonly Snippet[]) => snippets.reduce((sum, { seconds }) => sum + seconds, 0);

/** Undefined when nothing came of it. */
async function tryDraw(task: PreviewTask, source: Source, snippets: readonly Snippet[]): Promise<Output | undefined> {
  try {
    return await draw(task, source, snippets, 'round');
  } catch (error) {
    task.signal.throwIfAborted();
    // The WebP encoder fails when it is given no picture at all, which looks like an accident of the program.
    if (error instanceof AppError && ['input_invalid', 'internal_error'].includes(error.code)) return undefined;
    throw error;
  }
}

/** `last`: what becomes of a last picture that is shorter than one of the preview. */
type Last = 'round' | 'pass';

async function draw(task: PreviewTask, source: Source, snippets: readonly Snippet[], last: Last): Promise<Output> {
  const { params, signal } = task;
  const format = params.format ?? 'webp';
  const { graph, size } = joinSnippets(source, params, snippets.length, last);
  const path = join(task.scratch, `preview.${format}`);
  const seconds = secondsOf(snippets);
  await runFfmpeg({
    inputs: snippets.map(({ start, seconds: length }) => ({
      path: source.file.path,
      options: ['-threads', threads, ...source.inputOptions, ...seek(start), '-t', length.toFixed(3)],
    })),
    filterGraph: graph,
    outputs: [{ target: path, options: ['-map', '[out]', '-an', ...formats[format].encode(params.quality ?? 60)] }],
    inputName: source.file.name,
    signal,
    onProgress: reportDrawing(task, seconds, format),
  });
  await refuseEmpty(path, source.file.name);
  const facts = { ...size, durationMs: Math.round(seconds * 1000) };
  return { name: `${task.name}.${format}`, path, mediaType: formats[format].mediaType, facts };
}

/** Of a GIF: all pictures are decoded for the palette, then they are drawn with it. */
const paletteAgainstDrawing = [0.45, 0.55];

/** A palette is made, and a WebP encoded, before anything is written: until then the pictures that passed are told. */
function reportDrawing(task: Reporter, seconds: number, format: PreviewFormat): (progress: FfmpegProgress) => void {
  if (format !== 'gif') return reportFraction(task, seconds);
  const stages = inStages(task, paletteAgainstDrawing);
  const [palette, drawing] = [0, 1].map((stage) => reportFraction(stages.at(stage), seconds, [0, 1]));
  let [heard, before, drawn] = [0, 0, false];
  return (progress) => {
    const { seconds: at = 0, told = false, cpuSeconds = 0 } = progress;
    // The pictures pass twice.
    drawn ||= told && at < heard;
    if (told) heard = at;
    if (!drawn) before = cpuSeconds;
    if (drawn) drawing?.({ ...progress, cpuSeconds: cpuSeconds - before });
    else palette?.(progress);
  };
}

/** Seeking to the start finds nothing where the first picture comes a little later (FLV). */
const seek = (start: number) => (start > 0 ? ['-ss', start.toFixed(3)] : []);

function joinSnippets(
  { video }: Source,
  params: PreviewParams,
  count: number,
  last: Last,
): { graph: string; size: Size } {
  if (video === undefined) throw new TypeError('a preview needs a picture');
  const { pixelFormat, finish } = formats[params.format ?? 'webp'];
  const told = params.format === 'mp4' ? '' : `,${tellFrames}`;
  const size = fitInside(displaySize(video), { width: params.width ?? 320, height: params.height });
  const still = params.format === 'mp4' ? {} : { matrix: 'bt601' as const };
  const chain = pictureChain(video, { size, pixelFormat, deinterlace: 'flagged', ...still });
  const even = `fps=${params.fps ?? 12}:eof_action=${last},setpts=PTS-STARTPTS`;
  const pads = Array.from({ length: count }, (_, index) => `[p${index}]`);
  const pieces = pads.map((pad, index) => `[${index}:${video.index}]${chain},${even}${pad}`);
  return { graph: [...pieces, `${pads.join('')}concat=n=${count}${told}${finish}[out]`].join(';'), size };
}

/** GIF gets a palette of its own; 4:4:4 RGB goes in so that the palette sees the colours. */
const formats = {
  webp: {
    mediaType: 'image/webp',
    pixelFormat: 'yuv420p',
    finish: '',
    encode: (quality: number) => ['-c:v', 'libwebp_anim', '-quality', String(quality), '-loop', '0', '-f', 'webp'],
  },
  gif: {
    mediaType: 'image/gif',
    pixelFormat: 'rgb24',
    finish: `,split[s1][s2];[s1]palettegen=stats_mode=diff[palette];[s2][palette]paletteuse=dither=bayer:bayer_scale=4,${tellFrames}`,
    encode: () => ['-loop', '0', '-f', 'gif'],
  },
  mp4: {
    mediaType: 'video/mp4',
    pixelFormat: 'yuv420p',
    finish: '',
    encode: () => [
      '-c:v',
      'libx264',
      '-preset',
      'fast',
      '-crf',
      '28',
      '-threads',
      threads,
      '-movflags',
      '+faststart',
      '-f',
      'mp4',
    ],
  },
};

async function refuseEmpty(path: string, inputName: string): Promise<void> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  const moving = size > 0 && (!path.endsWith('.webp') || (await readFile(path)).includes('VP8'));
  if (!moving)
    throw new InputError(
      `No picture in "${inputName}" could be decoded: it is damaged. Play it to check it and send it again.`,
    );
}
