import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, InputError } from '../../shared/errors.ts';
import type { Output, Task } from '../kind.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { SubtitleStream } from '../media/media.ts';
import type { Source } from '../media/open-source.ts';
import type { Plan } from './plan.ts';

/** Pictures of words: they cannot become text. */
const bitmaps = new Set(['hdmv_pgs_subtitle', 'dvd_subtitle', 'dvb_subtitle', 'xsub', 'dvb_teletext']);

export function textTracks(source: Source): readonly SubtitleStream[] {
  return source.media.subtitles.filter(({ codec }) => codec !== 'unknown' && !bitmaps.has(codec));
}

/**
 * The track to draw in, as ASS in our own scratch: the filter that draws opens its file itself and unguarded, so it never sees the
 * sender's. @throws InputError when the language is not there as text.
 */
export async function prepareBurn(task: Task<unknown>, source: Source, plan: Plan): Promise<string | undefined> {
  const language = plan.subtitles.burn;
  if (language === undefined) return undefined;
  const tracks = textTracks(source);
  const track = language === 'any' ? tracks[0] : tracks.find((stream) => stream.language === language);
  if (track === undefined) {
    const has = tracks.map((stream) => stream.language).join(', ') || 'none as text';
    throw new InputError(`"${source.file.name}" has no subtitles "${language}" to draw in (it has: ${has}).`);
  }
  const path = join(task.scratch, 'burn.ass');
  await extract(task, source, plan, track, path, 'ass');
  return path;
}

/** Every text track as WebVTT; those that cannot be converted are left out, the video counts more. */
export async function sidecarTracks(task: Task<unknown>, source: Source, plan: Plan): Promise<readonly Output[]> {
  if (plan.subtitles.sidecar !== true) return [];
  const outputs: Output[] = [];
  for (const [position, track] of textTracks(source).entries()) {
    const path = join(task.scratch, `subtitles-${position}.vtt`);
    try {
      await extract(task, source, plan, track, path, 'webvtt');
    } catch (error) {
      task.signal.throwIfAborted();
      if (error instanceof AppError && !error.retryable) continue;
      throw error;
    }
    if ((await stat(path)).size === 0) continue;
    const facts = { language: track.language, ...(track.title === undefined ? {} : { title: track.title }) };
    outputs.push({
      name: `${task.name}.${position + 1}.${safe(track.language)}.vtt`,
      path,
      mediaType: 'text/vtt',
      facts,
    });
  }
  return outputs;
}

async function extract(
  task: Task<unknown>,
  source: Source,
  plan: Plan,
  track: SubtitleStream,
  path: string,
  codec: string,
): Promise<void> {
  const cut = codec === 'ass' ? [] : plan.clip.outputOptions;
  await runFfmpeg({
    inputs: [{ path: source.file.path, options: [...source.inputOptions, ...plan.clip.inputOptions] }],
    outputs: [{ target: path, options: ['-map', `0:${track.index}`, '-c:s', codec, ...cut, '-f', codec] }],
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
