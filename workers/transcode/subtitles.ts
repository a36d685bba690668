import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, InputError } from '../../shared/errors.ts';
import type { Output, Task } from '../kind.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { SubtitleStream } from '../media/media.ts';
import type { Source } from '../media/open-source.ts';
import { sameLanguage } from './name-language.ts';
import type { Plan } from './plan.ts';
import { type Cue, cutCues, readWebvtt, writeWebvtt } from './webvtt.ts';

/** Pictures of words: they cannot become text. */
const bitmaps = new Set(['hdmv_pgs_subtitle', 'dvd_subtitle', 'dvb_subtitle', 'xsub', 'dvb_teletext']);
/** Three hours of talk are a tenth of a megabyte; what is larger is not subtitles. */
const mostBytes = 32 * 1024 ** 2;

type Work = Pick<Task<unknown>, 'scratch' | 'signal' | 'progress'>;

export function textTracks(source: Source): readonly SubtitleStream[] {
  return source.media.subtitles.filter(({ codec }) => codec !== 'unknown' && !bitmaps.has(codec));
}

/**
 * The track to draw in, as ASS in our own scratch: the filter that draws opens its file itself and unguarded, so it never sees the
 * sender's. @throws InputError when the language is not there as text.
 */
export async function prepareBurn(task: Work, source: Source, plan: Plan): Promise<string | undefined> {
  const language = plan.subtitles.burn;
  if (language === undefined) return undefined;
  const tracks = textTracks(source);
  const track = language === 'any' ? tracks[0] : tracks.find((stream) => sameLanguage(stream.language, language));
  if (track === undefined) {
    const has = tracks.map((stream) => stream.language).join(', ') || 'none as text';
    throw new InputError(`"${source.file.name}" has no subtitles "${language}" to draw in (it has: ${has}).`);
  }
  const path = join(task.scratch, 'burn.ass');
  await extract(task, source, [{ index: track.index, path }], 'ass', plan.clip.inputOptions);
  return path;
}

/** A text track of the source, in the time of the result. */
export interface TextTrack {
  /** `subtitles-1-eng`. */
  readonly folder: string;
  /** 1, 2 … among the text tracks of the source. */
  readonly number: number;
  readonly language: string;
  readonly title: string | undefined;
  readonly isDefault: boolean;
  readonly isForced: boolean;
  readonly cues: readonly Cue[];
}

/** Every text track; those that cannot be converted or say nothing are left out, the video counts more. */
export async function readTextTracks(task: Work, source: Source, plan: Plan): Promise<readonly TextTrack[]> {
  const wanted = textTracks(source).map((stream, position) => ({
    stream,
    number: position + 1,
    index: stream.index,
    path: join(task.scratch, `subtitles-${position + 1}.vtt`),
  }));
  if (wanted.length === 0) return [];
  const { start, readSeconds } = spanOf(plan);
  const limit = readSeconds > 0 ? ['-t', readSeconds.toFixed(3)] : [];
  // All from one reading of the file; when one track is broken, one by one.
  const together = await converted(task, source, wanted, limit);
  const good = together ? wanted : await filterConverted(task, source, wanted, limit);
  const tracks: TextTrack[] = [];
  for (const { stream, number, path } of good) {
    const whole = (await stat(path)).size > mostBytes ? [] : readWebvtt(await readFile(path, 'utf8'));
    const cues = cutCues(whole, { start, seconds: plan.clip.seconds, speed: plan.speed });
    await rm(path);
    if (cues.length === 0) continue;
    const { language, title, isDefault, isForced } = stream;
    tracks.push({
      folder: `subtitles-${number}-${safe(language)}`,
      number,
      language,
      title,
      isDefault,
      isForced,
      cues,
    });
  }
  return tracks;
}

type Wanted = { readonly index: number; readonly path: string };

async function filterConverted<W extends Wanted>(
  task: Work,
  source: Source,
  wanted: readonly W[],
  limit: string[],
): Promise<W[]> {
  const good: W[] = [];
  for (const one of wanted) if (await converted(task, source, [one], limit)) good.push(one);
  return good;
}

async function converted(task: Work, source: Source, wanted: readonly Wanted[], limit: string[]): Promise<boolean> {
  try {
    await extract(task, source, wanted, 'webvtt', limit);
    return true;
  } catch (error) {
    task.signal.throwIfAborted();
    if (error instanceof AppError && !error.retryable) return false;
    throw error;
  }
}

/** Where the clip lies in the source, and how much of the source has to be read for it (0: all). */
function spanOf({ clip, speed }: Plan): { start: number; readSeconds: number } {
  const start = clip.seekSeconds + clip.leadSeconds;
  return { start, readSeconds: clip.seconds > 0 ? start + clip.seconds * speed + 1 : 0 };
}

/** Text tracks as WebVTT files beside the result, when they are asked for. */
export async function sidecarTracks(
  task: Task<unknown>,
  plan: Plan,
  tracks: readonly TextTrack[],
): Promise<readonly Output[]> {
  if (plan.subtitles.sidecar !== true) return [];
  return Promise.all(
    tracks.map(async ({ number, language, title, cues }) => {
      const path = join(task.scratch, `sidecar-${number}.vtt`);
      await writeFile(path, writeWebvtt(cues));
      const facts = { language, ...(title === undefined ? {} : { title }) };
      return { name: `${task.name}.${number}.${safe(language)}.vtt`, path, mediaType: 'text/vtt', facts };
    }),
  );
}

async function extract(
  task: Work,
  source: Source,
  wanted: readonly Wanted[],
  codec: 'ass' | 'webvtt',
  inputOptions: readonly string[],
): Promise<void> {
  await runFfmpeg({
    inputs: [{ path: source.file.path, options: [...source.inputOptions, ...inputOptions] }],
    outputs: wanted.map(({ index, path }) => ({
      target: path,
      options: ['-map', `0:${index}`, '-c:s', codec, '-f', codec],
    })),
    inputName: source.file.name,
    signal: task.signal,
    onProgress: () => task.progress(0.01),
  });
}

/** How each container keeps text inside. */
export const embeddedCodec: Readonly<Record<string, string>> = {
  mp4: 'mov_text',
  mov: 'mov_text',
  mkv: 'srt',
  webm: 'webvtt',
};

function safe(language: string): string {
  return /^[a-z]{2,8}$/.test(language) ? language : 'und';
}
