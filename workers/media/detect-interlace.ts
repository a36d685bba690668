import { runFfmpeg } from './ffmpeg.ts';
import type { Source } from './open-source.ts';

/** Codecs and rates in which fields still come; everything else is progressive without looking. */
const fieldCodecs = new Set([
  'mpeg2video',
  'mpeg1video',
  'h264',
  'dvvideo',
  'vc1',
  'mpeg4',
  'hevc',
  'rawvideo',
  'ffv1',
  'prores',
]);
const flagged = new Set(['tt', 'bb', 'tb', 'bt']);

/** How much of the picture has to be deinterlaced: the container's word where there is one, else a look at 200 frames. */
export async function detectInterlace(source: Source, signal: AbortSignal): Promise<'none' | 'flagged' | 'all'> {
  const video = source.video;
  if (video === undefined || video.fieldOrder === 'progressive') return 'none';
  if (flagged.has(video.fieldOrder)) return 'flagged';
  if (!fieldCodecs.has(video.codec)) return 'none';
  const { log } = await runFfmpeg({
    inputs: [{ path: source.file.path, options: [...source.inputOptions, '-noautorotate'] }],
    outputs: [
      { target: '-', options: ['-map', `0:${video.index}`, '-an', '-frames:v', '200', '-vf', 'idet', '-f', 'null'] },
    ],
    logLevel: 'info',
    inputName: source.file.name,
    signal,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    return { log: String(error) };
  });
  return verdict(log);
}

/** At least twenty frames of fields, and more than progressive ones: still scenes leave most frames undetermined. */
export function verdict(log: string): 'none' | 'all' {
  const counts = /Multi frame detection: TFF:\s*(\d+) BFF:\s*(\d+) Progressive:\s*(\d+)/.exec(log);
  const [top = 0, bottom = 0, progressive = 0] = (counts?.slice(1) ?? []).map(Number);
  return top + bottom >= 20 && top + bottom > progressive ? 'all' : 'none';
}
