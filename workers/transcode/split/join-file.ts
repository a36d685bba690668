import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Output } from '../../kind.ts';
import { containers, type FileContainer } from '../../media/containers.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { guardedInput } from '../../media/probe-media.ts';
import { reportFraction } from '../../media/report-fraction.ts';
import { verifyOutput } from '../../media/verify-output.ts';
import type { JoinTask } from '../../splitter.ts';
import type { TranscodeParams } from '../params.ts';
import { scoreFacts } from '../plan.ts';
import { sidecarTracks } from '../subtitles.ts';
import { checkJoined } from './check-joined.ts';
import { filesNamed, joinInput } from './join-input.ts';
import { readTexts } from './join-texts.ts';
import type { JoinFacts } from './orders.ts';
import { pieceOf } from './sound-piece.ts';

/** Pieces one behind the other, sound and text beside them; nothing is encoded. */
export async function joinFile(task: JoinTask<TranscodeParams>, facts: JoinFacts): Promise<readonly Output[]> {
  const { plan, inputName } = facts;
  const container = containers[plan.container as FileContainer];
  const path = join(task.scratch, `result.${plan.container}`);
  const piece = pieceOf(plan);
  const [sound] = filesNamed(task.parts, piece.name);
  const chapters = await writeChapters(task.scratch, facts);
  const inputs = [
    await joinInput(task.scratch, task.parts, 'picture', facts),
    ...(sound === undefined
      ? []
      : [{ path: sound.path, options: ['-itsoffset', String(piece.shift), ...guardedInput(piece.demuxer)] }]),
    ...(chapters === undefined ? [] : [{ path: chapters, options: guardedInput('ffmetadata') }]),
  ];
  const { log } = await runFfmpeg({
    inputs,
    outputs: [
      {
        target: path,
        options: [
          ...streamOptions(facts, sound !== undefined),
          ...tagOptions(facts, chapters === undefined ? -1 : inputs.length - 1),
          ...container.options,
          '-f',
          container.muxer,
        ],
      },
    ],
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
    ...(await sidecarTracks(task, plan, await readTexts(task.parts))),
  ];
}

function streamOptions({ plan }: JoinFacts, sound: boolean): string[] {
  const map = ['-map', '0:v:0', ...(sound ? ['-map', '1:a?', '-map', '1:s?'] : [])];
  return [...map, '-c', 'copy', ...frameRate(plan)];
}

/** Matroska's header names it, and times of whole milliseconds do not tell it. Elsewhere it would change the clock. */
function frameRate({ container, video }: JoinFacts['plan']): string[] {
  if (container !== 'mkv' && container !== 'webm') return [];
  const rate = video?.encoding.fps ?? (video?.stream.isConstantRate === true ? video.stream.fps : undefined);
  return rate === undefined ? [] : ['-r:v', String(rate)];
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
