import { join } from 'node:path';
import { encodeAudio, encodeVideo, threads } from '../media/encoders.ts';
import type { FfmpegRun } from '../media/ffmpeg.ts';
import type { Source } from '../media/open-source.ts';
import type { Rung } from './choose-rungs.ts';
import { audioChain, type Deinterlace, keepFrameTimes, videoChain } from './filters.ts';
import type { Plan, VideoPlan } from './plan-transcode.ts';

export const audioFolder = 'audio';
export const segmentPattern = 'seg_%05d.m4s';

/** One process: the source is decoded once, the picture is split, every rung and the sound are written as fMP4 segments. */
export function ladderCommand(
  source: Source,
  plan: Plan,
  rungs: readonly Rung[],
  deinterlace: Deinterlace,
  root: string,
): Pick<FfmpegRun, 'inputs' | 'outputs' | 'filterGraph'> {
  const seconds = plan.video?.encoding.keyframeSeconds ?? 4;
  const options = (folder: string) => [
    ...plan.clip.outputOptions,
    ...segmentOptions(join(root, folder), seconds, folder === audioFolder),
  ];
  const pictures = rungs.map((rung, index) => ({
    target: join(root, rung.name, 'playlist.m3u8'),
    options: ['-map', `[v${index}]`, '-an', ...keepFrameTimes, ...encodeVideo(rung.encoding), ...options(rung.name)],
  }));
  const sound = plan.audio && {
    target: join(root, audioFolder, 'playlist.m3u8'),
    options: [
      ...['-map', `0:${plan.audio.stream.index}`, '-vn', '-af', audioChain],
      ...encodeAudio(plan.audio.encoding),
      ...options(audioFolder),
    ],
  };
  return {
    inputs: [
      { path: source.file.path, options: ['-threads', threads, ...source.inputOptions, ...plan.clip.inputOptions] },
    ],
    outputs: sound === undefined ? pictures : [...pictures, sound],
    ...(plan.video === undefined ? {} : { filterGraph: ladderGraph(plan.video, rungs, deinterlace) }),
  };
}

/** Fields and HDR are dealt with once, at the top rung's size; the lower rungs are scaled from it. */
function ladderGraph(video: VideoPlan, rungs: readonly Rung[], deinterlace: Deinterlace): string {
  const [top] = rungs;
  const first = `[0:${video.stream.index}]${videoChain(video, top?.size ?? video.size, deinterlace)}`;
  if (rungs.length === 1) return `${first}[v0]`;
  const branches = rungs.slice(1).map(({ size }, index) => {
    return `[s${index + 1}]scale=${size.width}:${size.height}:flags=lanczos,setsar=1[v${index + 1}]`;
  });
  const pads = rungs.slice(1).map((_, index) => `[s${index + 1}]`);
  return [`${first},split=${rungs.length}[v0]${pads.join('')}`, ...branches].join(';');
}

/**
 * The muxer's CMAF mode writes no edit list for the B-frame delay, so times are those of the media in every player. The sound
 * needs one for the encoder's priming: its first 1024 samples lie before zero, and a player must not start with them (21 ms).
 * A segment appears under its name only when it is whole (`temp_file`).
 */
function segmentOptions(folder: string, seconds: number, sound: boolean): string[] {
  const timing = sound ? 'movflags=+cmaf:use_editlist=1' : 'movflags=+cmaf';
  return [
    ...(sound ? ['-avoid_negative_ts', 'disabled'] : []),
    ...['-f', 'hls', '-hls_time', String(seconds), '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4'],
    ...['-hls_flags', 'independent_segments+temp_file', '-hls_segment_options', timing, '-start_number', '1'],
    ...['-hls_fmp4_init_filename', 'init.mp4', '-hls_segment_filename', join(folder, segmentPattern)],
  ];
}
