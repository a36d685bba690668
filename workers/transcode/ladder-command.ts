import { join } from 'node:path';
import { encodeAudio, encodeVideo, threads } from '../media/encoders.ts';
import type { FfmpegRun } from '../media/ffmpeg.ts';
import type { Source } from '../media/open-source.ts';
import { tellFrames } from '../media/read-progress.ts';
import { taggedAnew } from './extra-options.ts';
import { keepFrameTimes } from './frame-clock.ts';
import { type ExtraPicture, extraBranch, extraOutput } from './ladder-extras.ts';
import { type PictureParts, pictureGraph } from './picture-graph.ts';
import type { AudioPlan, Plan } from './plan.ts';
import type { Rung } from './rung.ts';
import { type Scaler, scaleRung } from './rung-scaler.ts';

export interface SoundFolder {
  readonly folder: string;
  readonly audio: AudioPlan;
  readonly chain: string;
}

export interface LadderParts {
  readonly rungs: readonly Rung[];
  /** A rendition each, or with `soundInside` the one track in every rung. */
  readonly sounds: readonly SoundFolder[];
  readonly soundInside: boolean;
  readonly picture: PictureParts;
  /** Where pictures are made. */
  readonly scaler?: Scaler;
  readonly extras: readonly ExtraPicture[];
  readonly root: string;
}

/** One process: the source is decoded once, the picture is split, every rung, every track and the extra pictures are written. */
export function ladderCommand(
  source: Source,
  plan: Plan,
  parts: LadderParts,
): Pick<FfmpegRun, 'inputs' | 'outputs' | 'filterGraph'> {
  const { rungs, sounds, soundInside, extras, root } = parts;
  const end = plan.clip.outputOptions;
  const heard = ({ audio, chain }: SoundFolder) => [
    ...['-map', `0:${audio.stream.index}`, '-af', chain, ...encodeAudio(audio.encoding)],
  ];
  const times = plan.video === undefined ? [] : keepFrameTimes(plan.video);
  const inside = soundInside ? sounds.flatMap(heard) : ['-an'];
  const pictures = rungs.map((rung, index) => ({
    target: join(root, rung.name, 'playlist.m3u8'),
    options: [
      ...['-map', `[v${index}]`, ...inside, ...times, ...encodeVideo(rung.encoding), ...end],
      ...segmentOptions(plan, join(root, rung.name), false),
    ],
  }));
  const tracks = soundInside
    ? []
    : sounds.map((sound) => ({
        target: join(root, sound.folder, 'playlist.m3u8'),
        options: [
          ...heard({ ...sound, chain: `${fromZero},${sound.chain}` }),
          '-vn',
          ...end,
          ...segmentOptions(plan, join(root, sound.folder), true),
        ],
      }));
  return {
    inputs: [
      { path: source.file.path, options: ['-threads', threads, ...source.inputOptions, ...plan.clip.inputOptions] },
      ...(parts.picture.mark?.pictureInput === undefined ? [] : [parts.picture.mark.pictureInput]),
    ],
    outputs: [...pictures, ...tracks, ...extras.map(extraOutput)],
    ...(rungs.length === 0 ? {} : { filterGraph: ladderGraph(plan, parts) }),
  };
}

/** Everything that changes the picture is done once, at the top rung's size; the lower rungs are scaled from it. */
export function ladderGraph(
  plan: Plan,
  { rungs, picture, extras, scaler = 'scale' }: Pick<LadderParts, 'rungs' | 'picture' | 'extras' | 'scaler'>,
): string {
  const [top] = rungs;
  if (plan.video === undefined || top === undefined) throw new TypeError('a ladder of pictures needs a picture');
  const branches = [
    ...rungs.slice(1).map(({ size }, index) => ({
      pad: `s${index + 1}`,
      graph: `[s${index + 1}]${scaleRung(scaler, size)}[v${index + 1}]`,
    })),
    ...extras.map((extra) => ({ pad: `x${extra.name}`, graph: extraBranch(extra, plan) })),
  ];
  const sizes = { size: top.picture, canvas: top.size };
  if (branches.length === 0) return pictureGraph(plan, plan.video, picture, 'v0', sizes);
  // The sheet of the sprite begins when all is over.
  const told = extras.length > 0 ? `${tellFrames},` : '';
  const split = `[whole]${told}split=${branches.length + 1}[v0]${branches.map(({ pad }) => `[${pad}]`).join('')}`;
  return [pictureGraph(plan, plan.video, picture, 'whole', sizes), split, ...branches.map(({ graph }) => graph)].join(
    ';',
  );
}

/**
 * Sound that begins late is filled with silence: the muxer would say so in an edit list, and players of streams pass over an empty edit.
 */
const fromZero = 'aresample=async=1:first_pts=0';

/** How a rendition is cut into segments in `folder`; a playlist of our muxer's is its target. */
export function segmentOptions({ segments, video, tags }: Plan, folder: string, sound: boolean): string[] {
  const seconds = video?.encoding.keyframeSeconds ?? 4;
  return [
    ...taggedAnew(tags),
    ...(sound ? [] : lastingFrames),
    ...(segments === 'ts' ? transportOptions(folder, seconds) : mp4Options(folder, seconds, sound)),
  ];
}

/**
 * Each picture lasts until the next one, whatever the frame rate says. The muxer would not know it at the end of a segment: with
 * variable frame rates the next segment would begin too early (167 ms at six frames a second), for CMAF lays its first picture behind
 * the last one's duration, and playlists would be wrong by a little wherever the speed was changed. `pts` and `dts` are named because
 * the filter (5.1) loses the order of B-frames otherwise. (Where the muxer writes an index of a segment, `sidx`, it moves that picture
 * even so; nobody asks for one here.)
 */
const lastingFrames = ['-bsf:v', 'setts=pts=PTS:dts=DTS:duration=if(eq(NEXT_DTS\\,NOPTS)\\,DURATION\\,NEXT_DTS-DTS)'];

const playlistOptions = (seconds: number) => [
  ...['-f', 'hls', '-hls_time', String(seconds), '-hls_playlist_type', 'vod', '-start_number', '1'],
  ...['-hls_flags', 'independent_segments+temp_file'],
];

/**
 * The muxer's CMAF mode writes no edit list for the B-frame delay, so times are those of the media in every player; by itself it would
 * begin at zero, whenever the first picture is due (`frag_discont`). The sound
 * needs one for the encoder's priming: its first 1024 samples lie before zero, and a player must not start with them (21 ms).
 * A segment appears under its name only when it is whole (`temp_file`).
 */
function mp4Options(folder: string, seconds: number, sound: boolean): string[] {
  const timing = sound ? 'movflags=+cmaf:use_editlist=1' : 'movflags=+cmaf+skip_sidx+frag_discont';
  return [
    ...['-avoid_negative_ts', 'disabled', ...playlistOptions(seconds)],
    ...['-hls_segment_type', 'fmp4', '-hls_segment_options', timing],
    ...['-hls_fmp4_init_filename', 'init.mp4', '-hls_segment_filename', join(folder, 'seg_%05d.m4s')],
  ];
}

/**
 * Time zero is 1.4 s of the transport stream's clock in every rendition. The muxer inside would shift by whatever lies before zero
 * (priming of the sound, decode times before B-frames), which differs from one rendition to the next.
 */
function transportOptions(folder: string, seconds: number): string[] {
  return [
    ...['-avoid_negative_ts', 'disabled', ...playlistOptions(seconds)],
    ...['-hls_segment_type', 'mpegts', '-hls_segment_options', 'avoid_negative_ts=disabled'],
    ...['-hls_segment_filename', join(folder, 'seg_%05d.ts')],
  ];
}
