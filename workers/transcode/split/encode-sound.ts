import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Output } from '../../kind.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { onlyInput } from '../../media/only-input.ts';
import { openSource, type Source } from '../../media/open-source.ts';
import { reportFraction } from '../../media/report-fraction.ts';
import type { PartTask } from '../../splitter.ts';
import { createSegmentEmitter } from '../emit-segments.ts';
import { soundOptions } from '../encode-file.ts';
import { soundFolders } from '../encode-ladder.ts';
import { extraOptions } from '../extra-options.ts';
import { ladderCommand } from '../ladder-command.ts';
import type { TranscodeParams } from '../params.ts';
import { isStreaming, type Plan } from '../plan.ts';
import { planTranscode } from '../plan-transcode.ts';
import { readTextTracks } from '../subtitles.ts';
import { stagesOfSound } from '../work-stages.ts';
import { bringsTexts, pieceOf, soundInside, wantsTexts } from './sound-piece.ts';

/** Every track of sound and text, made once and as it will be in the result: only the picture is missing. */
export async function encodeSound(task: PartTask<TranscodeParams>): Promise<readonly Output[]> {
  const source = await openSource(onlyInput(task), task.signal);
  const plan = planTranscode(task.params, source);
  const texts = wantsTexts(plan) ? await readTextTracks(task, source, plan) : [];
  const path = join(task.scratch, 'texts.json');
  await writeFile(path, JSON.stringify(texts));
  const outputs: Output[] = [{ name: 'texts.json', path, mediaType: 'application/json' }];
  if (isStreaming(plan.container) && !soundInside(plan)) outputs.push(...(await encodeFolders(task, source, plan)));
  else if (plan.audio.length > 0 || bringsTexts(plan, source)) outputs.push(await encodePiece(task, source, plan));
  return outputs;
}

/** Tracks side by side in one file, to be put beside the picture. */
async function encodePiece(task: PartTask<TranscodeParams>, source: Source, plan: Plan): Promise<Output> {
  const piece = pieceOf(plan);
  const path = join(task.scratch, piece.name);
  const subtitles = bringsTexts(plan, source) ? plan.subtitles : {};
  const bare: Plan = { ...plan, subtitles, tags: {}, keepChapters: false, keepCover: false };
  const stages = stagesOfSound(task, plan);
  const sound = plan.audio.length === 0 ? ['-an'] : await soundOptions(stages.listening, source, plan);
  await runFfmpeg({
    inputs: [{ path: source.file.path, options: [...source.inputOptions, ...plan.clip.inputOptions] }],
    outputs: [
      ...besidePicture(plan),
      {
        target: path,
        options: ['-vn', ...sound, ...plan.clip.outputOptions, ...extraOptions(source, bare), ...piece.writeOptions],
      },
    ],
    inputName: source.file.name,
    signal: task.signal,
    onProgress: reportFraction(stages.encoding, plan.clip.seconds),
  });
  return { name: piece.name, path, mediaType: 'application/octet-stream' };
}

/**
 * Where the sound of a clip begins depends on the pictures that are read beside it (Matroska lets nothing through before a keyframe):
 * so they are, and thrown away.
 */
function besidePicture({ clip, video }: Plan): { target: string; options: string[] }[] {
  if (clip.seekSeconds === 0 || video === undefined) return [];
  const picture = ['-map', `0:${video.stream.index}`, '-c', 'copy', ...clip.outputOptions];
  return [{ target: '-', options: [...picture, '-f', 'null'] }];
}

/** Segments of a stream, final. */
async function encodeFolders(task: PartTask<TranscodeParams>, source: Source, plan: Plan): Promise<readonly Output[]> {
  if (plan.audio.length === 0) return [];
  const root = join(task.scratch, 'sound');
  const stages = stagesOfSound(task, plan);
  const sounds = await soundFolders(stages.listening, source, plan);
  const folders = sounds.map(({ folder }) => folder);
  await Promise.all(folders.map((folder) => mkdir(join(root, folder), { recursive: true })));
  const parts = { rungs: [], sounds, soundInside: false, picture: { deinterlace: 'none' as const }, extras: [], root };
  const outputs: Output[] = [];
  const emitter = createSegmentEmitter({ emit: async (output) => void outputs.push(output) }, root, folders);
  const command = ladderCommand(source, plan, parts);
  await runFfmpeg({
    ...command,
    outputs: [...besidePicture(plan), ...command.outputs],
    inputName: source.file.name,
    signal: task.signal,
    onProgress: reportFraction(stages.encoding, plan.clip.seconds),
  });
  await emitter.drain();
  const playlists = folders.map((folder) => ({
    name: `${folder}/playlist.m3u8`,
    path: join(root, folder, 'playlist.m3u8'),
    mediaType: 'application/vnd.apple.mpegurl',
  }));
  return [...outputs, ...playlists];
}
