import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Output } from '../../kind.ts';
import { containers, type FileContainer } from '../../media/containers.ts';
import { type FfmpegRun, runFfmpeg } from '../../media/ffmpeg.ts';
import { guardedInput } from '../../media/probe-media.ts';
import { reportFraction } from '../../media/report-fraction.ts';
import { verifyOutput } from '../../media/verify-output.ts';
import type { JoinTask } from '../../splitter.ts';
import { embeddedOptions, movesTexts, writeEmbedded } from '../embed-texts.ts';
import type { TranscodeParams } from '../params.ts';
import { scoreFacts } from '../plan.ts';
import { sidecarTracks, type TextTrack } from '../subtitles.ts';
import { checkJoined } from './check-joined.ts';
import { copySound } from './copy-sound.ts';
import { filesNamed, joinInput } from './join-input.ts';
import { readTexts } from './join-texts.ts';
import type { JoinFacts } from './orders.ts';
import { pieceOf } from './sound-piece.ts';

/** Pieces one behind the other, sound and text beside them; nothing is encoded. */
export async function joinFile(task: JoinTask<TranscodeParams>, facts: JoinFacts): Promise<readonly Output[]> {
  const { plan, inputName } = facts;
  const container = containers[plan.container as FileContainer];
  const path = join(task.scratch, `result.${plan.container}`);
  const [sound] = filesNamed(task.parts, pieceOf(plan).name);
  const texts = await readTexts(task.parts);
  const { log } = await runFfmpeg({
    ...(await joinCommand(task, facts, { path, sound, texts })),
    inputName,
    signal: task.signal,
    onProgress: reportFraction(task, plan.clip.seconds, [0.01, 0.9]),
  });
  await checkJoined({ path, demuxer: container.demuxer, facts, sound, signal: task.signal });
  const seen = await verifyOutput({
    path,
    demuxer: container.demuxer,
    video: true,
    audio: plan.audio.length > 0,
    seconds: plan.clip.seconds,
    log,
    inputName,
    signal: task.signal,
  });
  const name = `${task.name}.${plan.container}`;
  return [
    { name, path, mediaType: container.mediaType, facts: { ...seen, ...scoreFacts(plan) } },
    ...(await sidecarTracks(task, plan, texts)),
  ];
}

interface Brought {
  /** Of the result. */
  readonly path: string;
  readonly sound: { readonly path: string } | undefined;
  readonly texts: readonly TextTrack[];
}

async function joinCommand(
  { scratch, parts, signal }: JoinTask<unknown>,
  facts: JoinFacts,
  { path, sound, texts }: Brought,
): Promise<Pick<FfmpegRun, 'inputs' | 'outputs'>> {
  const { plan } = facts;
  const container = containers[plan.container as FileContainer];
  const { shift, demuxer } = pieceOf(plan);
  const heard =
    sound === undefined ? [] : [{ path: sound.path, options: ['-itsoffset', String(shift), ...guardedInput(demuxer)] }];
  const moved = await writeEmbedded({ scratch }, movesTexts(plan) ? texts : [], 0);
  const chapters = await writeChapters(scratch, facts);
  const before = [await joinInput(scratch, parts, 'picture', facts), ...heard, ...moved.inputs];
  const options = [
    ...streamOptions(facts, sound !== undefined),
    ...(sound === undefined ? [] : await copySound(plan, sound.path, signal)),
    ...embeddedOptions(moved, plan, 1 + heard.length),
    ...tagOptions(facts, chapters === undefined ? -1 : before.length),
    ...[...container.options, '-f', container.muxer],
  ];
  return {
    inputs: [...before, ...(chapters === undefined ? [] : [{ path: chapters, options: guardedInput('ffmetadata') }])],
    outputs: [{ target: path, options }],
  };
}

function streamOptions({ plan }: JoinFacts, sound: boolean): string[] {
  const map = ['-map', '0:v:0', ...(sound ? ['-map', '1:a?', '-map', '1:s?'] : [])];
  return [...map, '-c', 'copy', ...pictureHeader(plan)];
}

/**
 * Matroska's header names the frame rate, and times of whole milliseconds do not tell it; elsewhere it would change the clock. It names
 * the range of the colours, too, which the pieces do not.
 */
function pictureHeader({ container, video }: JoinFacts['plan']): string[] {
  if (container !== 'mkv' && container !== 'webm') return [];
  const rate = video?.encoding.fps ?? (video?.stream.isConstantRate === true ? video.stream.fps : undefined);
  return ['-color_range:v', 'tv', ...(rate === undefined ? [] : ['-r:v', String(rate)])];
}

function tagOptions({ plan }: JoinFacts, chapters: number): string[] {
  return [
    ...['-map_metadata:g', '-1', '-map_chapters', String(chapters)],
    ...unlikeMp4('v:0'),
    ...plan.audio.flatMap(({ stream }, position) => [
      ...unlikeMp4(`a:${position}`),
      ...[`-disposition:a:${position}`, (plan.audio.length > 1 ? position === 0 : stream.isDefault) ? 'default' : '0'],
    ]),
    ...Object.entries(plan.tags).flatMap(([key, value]) => ['-metadata', `${key}=${value}`]),
  ];
}

/** What MP4 calls its tracks is no tag of anything else. */
const unlikeMp4 = (track: string) => [`-metadata:s:${track}`, 'handler_name=', `-metadata:s:${track}`, 'vendor_id='];

const withChapters = new Set(['mp4', 'mov', 'mkv', 'webm']);

/** ffmpeg's own format of tags, the only one it takes chapters from. */
async function writeChapters(scratch: string, { plan, chapters }: JoinFacts): Promise<string | undefined> {
  if (chapters.length === 0 || !withChapters.has(plan.container)) return undefined;
  const escaped = (text: string) => text.replace(/[=;#\\\n]/g, '\\$&');
  const lines = chapters.flatMap(({ startSeconds, endSeconds, title }) => [
    ...['[CHAPTER]', 'TIMEBASE=1/1000000'],
    ...[`START=${Math.round(startSeconds * 1e6)}`, `END=${Math.round(endSeconds * 1e6)}`, `title=${escaped(title)}`],
  ]);
  const path = join(scratch, 'chapters.txt');
  await writeFile(path, [';FFMETADATA1', ...lines, ''].join('\n'));
  return path;
}
