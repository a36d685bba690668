import { join } from 'node:path';
import { encodeVideo, threads } from '../../media/encoders.ts';
import type { FfmpegRun } from '../../media/ffmpeg.ts';
import { guardedInput } from '../../media/probe-media.ts';
import { fineClock, keepFrameTimes } from '../frame-clock.ts';
import { ladderGraph } from '../ladder-command.ts';
import type { ExtraPicture } from '../ladder-extras.ts';
import { countsAnew } from '../picture-graph.ts';
import type { Plan } from '../plan.ts';
import type { Scaler } from '../rung-scaler.ts';
import type { Mark } from '../watermark.ts';
import type { ChunkOrder, Stretch } from './orders.ts';

export interface ChunkParts {
  readonly mark: Mark | undefined;
  /** A file of subtitles in our own scratch. */
  readonly subtitles: string | undefined;
  readonly scaler: Scaler;
  readonly extras: readonly ExtraPicture[];
  readonly root: string;
}

/** Every rung and extra picture of one stretch, from one decode. Times are those of the whole result all along. */
export function chunkCommand(
  path: string,
  order: ChunkOrder,
  { mark, subtitles, scaler, extras, root }: ChunkParts,
): Pick<FfmpegRun, 'inputs' | 'outputs' | 'filterGraph'> {
  const { stretch, rungs, plan, deinterlace } = order;
  const times = plan.video === undefined ? [] : keepFrameTimes(plan.video);
  const picture = {
    ...{ deinterlace, mark, subtitles },
    ...{ clock: countFromZero(order), only: trim(stretch, countsAnew(plan) ? plan.speed : 1), zero: withoutLead(plan) },
  };
  return {
    inputs: [
      { path, options: ['-threads', threads, ...guardedInput(order.demuxer), ...sourceTime(order)] },
      ...(mark === undefined ? [] : [mark.pictureInput]),
    ],
    filterGraph: ladderGraph(plan, { rungs, picture, scaler, extras }),
    outputs: [
      ...rungs.map(({ encoding }, index) => ({
        target: chunkPath(root, index),
        options: [
          ...['-map', `[v${index}]`, '-an', ...times],
          ...withKeyframesAt(encodeVideo(encoding), stretch.keyframes),
          ...pieceOptions,
        ],
      })),
      ...extras.map(({ name, path: target, layout }) => ({
        target,
        options: ['-map', `[y${name}]`, ...(layout === undefined ? stillOptions : tileOptions)],
      })),
    ],
  };
}

export function chunkPath(root: string, rung: number): string {
  return join(root, `rung-${rung}.mp4`);
}

/** Times are left as they are in the file, not made relative to the seek, as ffmpeg does by itself. */
function sourceTime({ stretch: { seekSeconds, access } }: ChunkOrder): string[] {
  if (access?.skipBytes !== undefined) return ['-copyts', '-skip_initial_bytes', String(access.skipBytes)];
  const seek = ['-noaccurate_seek', '-seek_timestamp', '1'];
  return ['-copyts', ...(seekSeconds === undefined ? [] : [...seek, '-ss', seekSeconds.toFixed(6)])];
}

/**
 * The file's first instant, or that of the clip, becomes zero here: `-itsoffset` bends times of transport streams when a stream is
 * left out. What lies before a clip never reaches a filter, as when ffmpeg seeks itself.
 */
function countFromZero({ startTicks, opensResult, plan: { clip } }: ChunkOrder): string | undefined {
  const filters = [
    ...(startTicks === 0 ? [] : [`setpts=PTS-(${startTicks})`]),
    ...(opensResult && clip.seekSeconds > 0 ? ['trim=start=0'] : []),
  ];
  return filters.length === 0 ? undefined : filters.join(',');
}

/** Some sources are decoded from earlier than the clip begins; the rest of the way is counted on the encoder's clock. */
function withoutLead({ clip, speed, video }: Plan): string | undefined {
  if (clip.leadSeconds === 0 || video === undefined) return undefined;
  const zero = `setpts=PTS-round(${(clip.leadSeconds / speed).toFixed(6)}/TB)`;
  const { fps } = video.encoding;
  return fps === undefined && video.stream.timeBase !== undefined
    ? `settb=1/${fineClock(video.stream.timeBase)},${zero}`
    : zero;
}

/** The seek is coarse; this is what cuts. `speed`: of what has happened to the frames before. */
function trim({ fromSeconds, untilSeconds }: Stretch, speed: number): string | undefined {
  const bounds = [
    ...(fromSeconds === undefined ? [] : [`start=${(fromSeconds / speed).toFixed(6)}`]),
    ...(untilSeconds === undefined ? [] : [`end=${(untilSeconds / speed).toFixed(6)}`]),
  ];
  return bounds.length === 0 ? undefined : `trim=${bounds.join(':')}`;
}

/** An explicit list: the usual expression counts the keyframes it has forced from the beginning of the file. */
export function withKeyframesAt(options: readonly string[], seconds: readonly number[]): string[] {
  const list = seconds.map((at) => Math.max(0, at).toFixed(6)).join(',');
  return options.map((option, index) => (options[index - 1] === '-force_key_frames' ? list : option));
}

/**
 * Fragments with their real times, so that the first frame of a piece says where it belongs. `delay_moov` writes an edit list of the
 * B-frame delay, by which ffmpeg reads the times back exactly; CMAF is made last.
 */
const pieceOptions = [
  ...['-avoid_negative_ts', 'disabled', '-movie_timescale', '1000000'],
  ...['-movflags', '+frag_keyframe+delay_moov+default_base_moof+frag_discont+skip_trailer', '-f', 'mp4'],
];

const stillOptions = ['-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '4', '-update', '1', '-f', 'image2'];
/** As they are, one behind the other: the sheet is put together when all are there. */
const tileOptions = ['-fps_mode', 'passthrough', '-c:v', 'rawvideo', '-f', 'rawvideo'];
