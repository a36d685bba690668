import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Output, Task } from '../kind.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { Source } from '../media/open-source.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { inStages, sideBySide } from '../media/stages.ts';
import { chooseRungs } from './choose-rungs.ts';
import { createSegmentEmitter } from './emit-segments.ts';
import { type LadderParts, ladderCommand, type SoundFolder } from './ladder-command.ts';
import { extraOutputs, planExtras } from './ladder-extras.ts';
import { targetDuration } from './measure-bandwidth.ts';
import { settleDeinterlace } from './picture-graph.ts';
import { ladderFacts, type Plan } from './plan.ts';
import { type LadderPass, planPasses } from './plan-passes.ts';
import { publishRungs } from './publish-rungs.ts';
import { reachQuality } from './reach-quality.ts';
import { readStream } from './read-stream.ts';
import { findScaler } from './rung-scaler.ts';
import { scoreStream, scoresVmaf } from './score-results.ts';
import { soundChain } from './sound-chain.ts';
import { prepareBurn, readTextTracks, sidecarTracks, type TextTrack } from './subtitles.ts';
import { prepareMark } from './watermark.ts';
import { type Listening, stagesOfWork, type WorkStages } from './work-stages.ts';
import { writeManifests } from './write-manifests.ts';
import type { Stream } from './write-master.ts';
import { textFiles, writeTexts } from './write-texts.ts';

export interface Ladder {
  readonly source: Source;
  readonly plan: Plan;
  readonly parts: LadderParts;
  readonly texts: readonly TextTrack[];
}

/**
 * Rungs, tracks and extra pictures from one decode, or a first rung before the others. Segments are emitted as they are finished;
 * every rung that is whole is announced with a master playlist that grows; the whole manifests come last.
 */
export async function encodeLadder(task: Task<unknown>, source: Source, asked: Plan): Promise<readonly Output[]> {
  const stages = stagesOfWork(task, asked, await scoresVmaf(asked));
  const ladder = await prepare(task, stages, source, asked);
  const { plan, parts, texts } = ladder;
  const manifests = { root: parts.root, name: task.name, container: plan.container, facts: ladderFacts(plan) };
  let stream: Stream = { pictures: [], sounds: [], texts: [] };
  const passes = planPasses(plan, parts);
  const work = inStages(
    stages.encoding,
    passes.map(({ effort }) => effort),
  );
  for (const [index, pass] of passes.entries()) {
    const made = await runPass(work.at(index), ladder, pass);
    const before = stream;
    stream = inOrder(parts, {
      ...before,
      pictures: [...before.pictures, ...made.pictures],
      sounds: [...before.sounds, ...made.sounds],
    });
    if (before.texts.length === 0) stream = await addTexts(task, ladder, stream);
    await publishRungs(task, before, stream, manifests);
  }
  stream = await scoreStream(stages.scoring, ladder, passes, stream);
  return [
    ...(await writeManifests(stream, manifests)),
    ...(await extraOutputs(parts.extras, plan, parts.root)),
    ...(await sidecarTracks(task, plan, texts)),
  ];
}

async function runPass(task: Task<unknown>, { source, plan }: Ladder, { parts }: LadderPass) {
  const folders = [
    ...parts.rungs.map((rung) => rung.name),
    ...(parts.soundInside ? [] : parts.sounds.map((sound) => sound.folder)),
  ];
  await Promise.all(folders.map((folder) => mkdir(join(parts.root, folder), { recursive: true })));
  const emitter = createSegmentEmitter(task, parts.root, folders);
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
  return readStream({ source, plan }, parts, log);
}

/** The best first, in whatever order they were made. */
function inOrder({ rungs }: LadderParts, stream: Stream): Stream {
  const place = ({ folder }: { readonly folder: string }) => rungs.findIndex(({ name }) => name === folder);
  return { ...stream, pictures: [...stream.pictures].sort((a, b) => place(a) - place(b)) };
}

/** Text is cut where the stream ends, so it waits for the first rung; with sound alone it has no place. */
export async function addTexts(
  task: Task<unknown>,
  { plan, parts, texts }: Pick<Ladder, 'plan' | 'parts' | 'texts'>,
  stream: Stream,
): Promise<Stream> {
  const [picture] = stream.pictures;
  if (picture === undefined || texts.length === 0 || !offersTexts(plan)) return stream;
  const written = await writeTexts(texts, {
    root: parts.root,
    seconds: picture.seconds,
    target: targetDuration(picture.segments),
    transport: plan.segments === 'ts',
  });
  for (const file of textFiles(written, parts.root, plan.container)) await task.emit(file);
  return { ...stream, texts: written };
}

/** What is drawn into the picture is not offered once more. */
export function offersTexts({ subtitles, video }: Plan): boolean {
  return video !== undefined && (subtitles.embed ?? subtitles.burn === undefined);
}

async function prepare(
  task: Task<unknown>,
  stages: WorkStages<Task<unknown>>,
  source: Source,
  asked: Plan,
): Promise<Ladder> {
  const root = join(task.scratch, 'ladder');
  const picture = {
    deinterlace:
      asked.video === undefined ? ('none' as const) : await settleDeinterlace(asked.video, source, task.signal),
    subtitles: await prepareBurn(task, source, asked),
    mark: await prepareMark(asked.watermark, task),
  };
  const texts = offersTexts(asked) || asked.subtitles.sidecar === true ? await readTextTracks(task, source, asked) : [];
  const plan = await reachQuality(stages.searching, source, asked, picture);
  const sounds = await soundFolders(stages.listening, source, plan);
  stages.settle(plan);
  const rungs = plan.video === undefined ? [] : chooseRungs(plan.video, plan.ladder);
  // Old players know no audio groups, so one track goes into every transport stream.
  const soundInside = plan.segments === 'ts' && rungs.length > 0 && sounds.length === 1;
  const scaler = await findScaler();
  const extras = planExtras(plan, root);
  return { source, plan, texts, parts: { rungs, sounds, soundInside, picture, scaler, extras, root } };
}

/** One for every track; the task's 0 … 1 is measuring their loudness. */
export async function soundFolders(
  task: Task<unknown> & Listening,
  source: Source,
  plan: Plan,
): Promise<readonly SoundFolder[]> {
  const measuring = sideBySide(task, plan.audio.length);
  return Promise.all(
    plan.audio.map(async (audio, position) => ({
      folder: nameSound(audio, position),
      audio,
      chain: await soundChain(measuring[position] ?? task, source, plan, audio),
    })),
  );
}

/** `audio` for the first track, `audio-2-fra` for others. */
export function nameSound({ stream }: Plan['audio'][number], position: number): string {
  const language = /^[a-z]{2,8}$/.test(stream.language) ? stream.language : 'und';
  return position === 0 ? 'audio' : `audio-${position + 1}-${language}`;
}
