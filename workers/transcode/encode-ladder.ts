import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Output, Task } from '../kind.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { Source } from '../media/open-source.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { chooseRungs } from './choose-rungs.ts';
import { createSegmentEmitter } from './emit-segments.ts';
import { type LadderParts, ladderCommand, type SoundFolder } from './ladder-command.ts';
import { extraOutputs, planExtras } from './ladder-extras.ts';
import { settleDeinterlace } from './picture-graph.ts';
import type { Plan } from './plan.ts';
import { reachQuality } from './reach-quality.ts';
import { soundChain } from './sound-chain.ts';
import { prepareBurn, sidecarTracks } from './subtitles.ts';
import { prepareMark } from './watermark.ts';
import { writeManifests } from './write-manifests.ts';

/** Every rung, track and extra picture from one decode; segments are emitted as they are finished, the manifests come last. */
export async function encodeLadder(task: Task<unknown>, source: Source, asked: Plan): Promise<readonly Output[]> {
  const root = join(task.scratch, 'ladder');
  const { plan, parts } = await prepare(task, source, asked, root);
  const folders = [...parts.rungs.map((rung) => rung.name), ...parts.sounds.map((sound) => sound.folder)];
  await Promise.all(folders.map((folder) => mkdir(join(root, folder), { recursive: true })));
  const emitter = createSegmentEmitter(task, root, folders);
  const fraction = reportFraction(task, plan.clip.seconds);
  const { log } = await runFfmpeg({
    ...ladderCommand(source, plan, parts),
    inputName: source.file.name,
    signal: task.signal,
    onProgress: (progress) => {
      fraction(progress);
      emitter.nudge();
    },
  });
  await emitter.drain();
  const manifests = await writeManifests({ source, plan, parts, log, name: task.name });
  return [
    ...manifests,
    ...(await extraOutputs(parts.extras, plan, root)),
    ...(await sidecarTracks(task, source, plan)),
  ];
}

async function prepare(
  task: Task<unknown>,
  source: Source,
  asked: Plan,
  root: string,
): Promise<{ plan: Plan; parts: LadderParts }> {
  const picture = {
    deinterlace:
      asked.video === undefined ? ('none' as const) : await settleDeinterlace(asked.video, source, task.signal),
    subtitles: await prepareBurn(task, source, asked),
    mark: await prepareMark(asked.watermark, task),
  };
  const plan = await reachQuality(task, source, asked, picture);
  const sounds = await Promise.all(
    plan.audio.map((audio, position) => soundFolder(task, source, plan, audio, position)),
  );
  const rungs = plan.video === undefined ? [] : chooseRungs(plan.video, plan.ladder);
  return { plan, parts: { rungs, sounds, picture, extras: planExtras(plan, root), root } };
}

/** `audio` for the first track, `audio-2-fra` for others. */
async function soundFolder(
  task: Task<unknown>,
  source: Source,
  plan: Plan,
  audio: Plan['audio'][number],
  position: number,
): Promise<SoundFolder> {
  const language = /^[a-z]{2,8}$/.test(audio.stream.language) ? audio.stream.language : 'und';
  const folder = position === 0 ? 'audio' : `audio-${position + 1}-${language}`;
  return { folder, audio, chain: await soundChain(task, source, plan, audio) };
}
