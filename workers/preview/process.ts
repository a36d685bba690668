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
import { tellFrames } from '../media/read-progress.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { refuseCutOff } from '../media/verify-output.ts';
import { chooseSnippets, type Snippet } from './choose-snippets.ts';
import type { PreviewParams } from './contract.ts';
import { drawGif, type GifWork } from './draw-gif.ts';

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
  const { params, signal, scratch } = task;
  const format = params.format ?? 'webp';
  const { graph, size } = joinSnippets(source, params, snippets.length, last);
  const path = join(scratch, `preview.${format}`);
  const seconds = secondsOf(snippets);
  const inputs = snippets.map(({ start, seconds: length }) => ({
    path: source.file.path,
    options: ['-threads', threads, ...source.inputOptions, ...seek(start), '-t', length.toFixed(3)],
  }));
  const work = { inputs, inputName: source.file.name, signal };
  const megapixels = {
    source: pixelRate(source.video?.fps, source.video),
    drawn: pixelRate(params.fps ?? usualFps, size),
  };
  if (format === 'gif') await drawGif(task, { ...work, graph, seconds, megapixels, scratch, target: path });
  else await encode(task, { ...work, graph, seconds, target: path });
  await refuseEmpty(path, source.file.name);
  const facts = { ...size, durationMs: Math.round(seconds * 1000) };
  return { name: `${task.name}.${format}`, path, mediaType: mediaTypes[format], facts };
}

/** Megapixels a second. */
const pixelRate = (fps = 25, { width, height }: Size = { width: 0, height: 0 }) =>
  (Math.min(fps, 120) * width * height) / 1e6;

/** Of a preview. */
const usualFps = 12;

/** A WebP is encoded before anything is written: until then the pictures that passed are told. */
async function encode(
  { params, progress }: PreviewTask,
  { graph, seconds, target, ...work }: Omit<GifWork, 'scratch' | 'megapixels'>,
) {
  const still = params.format !== 'mp4';
  await runFfmpeg({
    ...work,
    filterGraph: `${graph};[pictures]${still ? tellFrames : 'null'}[out]`,
    outputs: [{ target, options: ['-map', '[out]', '-an', ...(still ? webp(params.quality ?? 60) : mp4)] }],
    onProgress: reportFraction({ progress }, seconds),
  });
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
  const format = params.format ?? 'webp';
  const size = fitInside(displaySize(video), { width: params.width ?? 320, height: params.height });
  const still = format === 'mp4' ? {} : { matrix: 'bt601' as const };
  const pixelFormat = format === 'gif' ? 'rgb24' : 'yuv420p';
  const chain = pictureChain(video, { size, pixelFormat, deinterlace: 'flagged', ...still });
  const even = `fps=${params.fps ?? usualFps}:eof_action=${last},setpts=PTS-STARTPTS`;
  const pads = Array.from({ length: count }, (_, index) => `[p${index}]`);
  const pieces = pads.map((pad, index) => `[${index}:${video.index}]${chain},${even}${pad}`);
  return { graph: [...pieces, `${pads.join('')}concat=n=${count}[pictures]`].join(';'), size };
}

const mediaTypes = { webp: 'image/webp', gif: 'image/gif', mp4: 'video/mp4' } as const;

const webp = (quality: number) => ['-c:v', 'libwebp_anim', '-quality', String(quality), '-loop', '0', '-f', 'webp'];

const mp4 = [
  ...['-c:v', 'libx264', '-preset', 'fast', '-crf', '28', '-threads', threads],
  ...['-movflags', '+faststart', '-f', 'mp4'],
];

async function refuseEmpty(path: string, inputName: string): Promise<void> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  const moving = size > 0 && (!path.endsWith('.webp') || (await readFile(path)).includes('VP8'));
  if (!moving)
    throw new InputError(
      `No picture in "${inputName}" could be decoded: it is damaged. Play it to check it and send it again.`,
    );
}
