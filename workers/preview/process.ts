import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { AppError, InputError } from '../../shared/errors.ts';
import type { Output, Process, Task } from '../kind.ts';
import { displaySize, fitInside, type Size } from '../media/display-size.ts';
import { threads } from '../media/encoders.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { onlyInput } from '../media/only-input.ts';
import { openSource, type Source } from '../media/open-source.ts';
import { pictureChain } from '../media/picture-chain.ts';
import { probeMedia } from '../media/probe-media.ts';
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
  const { graph, size } = joinSnippets(source, params, snippets, last);
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
  const durationMs = await readLength(path, { format, inputName: source.file.name, seconds, signal });
  const facts = { ...size, durationMs };
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
  // `setpts` of ffmpeg 7 forgets the rate, and an MP4 would be filled up to 25 a second.
  const codec = still ? webp(params.quality ?? 60) : ['-r', String(params.fps ?? usualFps), ...mp4];
  await runFfmpeg({
    ...work,
    filterGraph: `${graph};[pictures]${still ? tellFrames : 'null'}[out]`,
    outputs: [{ target, options: ['-map', '[out]', '-an', ...codec] }],
    onProgress: reportFraction({ progress }, seconds),
  });
}

/** Seeking to the start finds nothing where the first picture comes a little later (FLV). */
const seek = (start: number) => (start > 0 ? ['-ss', start.toFixed(3)] : []);

function joinSnippets(
  { video }: Source,
  params: PreviewParams,
  snippets: readonly Snippet[],
  last: Last,
): { graph: string; size: Size } {
  if (video === undefined) throw new TypeError('a preview needs a picture');
  const format = params.format ?? 'webp';
  const size = fitInside(displaySize(video), { width: params.width ?? 320, height: params.height });
  const still = format === 'mp4' ? {} : { matrix: 'bt601' as const };
  const pixelFormat = format === 'gif' ? 'rgb24' : 'yuv420p';
  const chain = pictureChain(video, { size, pixelFormat, deinterlace: 'flagged', ...still });
  const fps = params.fps ?? usualFps;
  const pieces = framesOf(snippets, fps).map((frames, index) => {
    const even = `fps=${fps}:eof_action=${last},trim=end_frame=${frames},setpts=PTS-STARTPTS`;
    return `[${index}:${video.index}]${chain},${even}[p${index}]`;
  });
  const pads = snippets.map((_, index) => `[p${index}]`).join('');
  return { graph: [...pieces, `${pads}concat=n=${snippets.length}[pictures]`].join(';'), size };
}

/** Pictures of each piece, so that all together last as long as all pieces: the filter rounds every one of them up. */
function framesOf(snippets: readonly Snippet[], fps: number): readonly number[] {
  const until = (count: number) => Math.round(secondsOf(snippets.slice(0, count)) * fps);
  return snippets.map((_, index) => Math.max(1, until(index + 1) - until(index)));
}

const mediaTypes = { webp: 'image/webp', gif: 'image/gif', mp4: 'video/mp4' } as const;

const webp = (quality: number) => ['-c:v', 'libwebp_anim', '-quality', String(quality), '-loop', '0', '-f', 'webp'];

const mp4 = [
  ...['-c:v', 'libx264', '-preset', 'fast', '-crf', '28', '-threads', threads],
  // Nothing of what the source says of itself: its place, its chapters.
  ...['-map_metadata', '-1', '-map_chapters', '-1', '-movflags', '+faststart', '-f', 'mp4'],
];

interface Made {
  readonly format: keyof typeof mediaTypes;
  readonly inputName: string;
  /** Expected. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** How long the result is, in milliseconds. @throws InputError when there is no picture in it, which ffmpeg takes for a success. */
async function readLength(path: string, { format, inputName, seconds, signal }: Made): Promise<number> {
  const nothing = new InputError(
    `No picture in "${inputName}" could be decoded: it is damaged. Play it to check it and send it again.`,
  );
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size === 0) throw nothing;
  if (format === 'mp4') {
    const { video, durationSeconds = 0 } = await probeMedia({ path, demuxer: 'mov', name: 'preview', signal });
    if (video.length === 0) throw nothing;
    return Math.round(durationSeconds * 1000);
  }
  const { delay } = await sharp(path, { animated: true })
    .metadata()
    .catch(() => Promise.reject(nothing));
  return delay?.reduce((sum, one) => sum + one, 0) || Math.round(seconds * 1000);
}
