import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Output } from '../../kind.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import type { Source } from '../../media/open-source.ts';
import { guardedInput } from '../../media/probe-media.ts';
import { reportFraction } from '../../media/report-fraction.ts';
import type { JoinTask } from '../../splitter.ts';
import { createSegmentEmitter } from '../emit-segments.ts';
import { addTexts, nameSound } from '../encode-ladder.ts';
import { type LadderParts, segmentOptions } from '../ladder-command.ts';
import { extraOutputs, planExtras } from '../ladder-extras.ts';
import type { TranscodeParams } from '../params.ts';
import { ladderFacts } from '../plan.ts';
import { publishRungs } from '../publish-rungs.ts';
import { readStream } from '../read-stream.ts';
import type { Rung } from '../rung.ts';
import { sidecarTracks } from '../subtitles.ts';
import { writeManifests } from '../write-manifests.ts';
import type { Stream } from '../write-master.ts';
import { checkContinuous, checkRendition } from './check-joined.ts';
import { composeSprite } from './compose-sprite.ts';
import { filesNamed, joinInput } from './join-input.ts';
import { readTexts } from './join-texts.ts';
import type { JoinFacts } from './orders.ts';
import { pieceOf, soundInside } from './sound-piece.ts';

/** Rung by rung, the lowest first, so that something plays while the others are put together. */
export async function joinLadder(task: JoinTask<TranscodeParams>, facts: JoinFacts): Promise<readonly Output[]> {
  const { plan } = facts;
  const parts = ladderParts(task, facts);
  const source = sourceOf(facts);
  const texts = await readTexts(task.parts);
  const manifests = { root: parts.root, name: task.name, container: plan.container, facts: ladderFacts(plan) };
  await placeSound(task, parts);
  let stream: Stream = { pictures: [], sounds: [], texts: [] };
  for (const [index, rung] of [...parts.rungs].reverse().entries()) {
    const log = await packageRung(task, facts, parts, rung, index);
    const first = index === 0;
    const made = await readStream(
      { source, plan },
      { ...parts, rungs: [rung], sounds: first ? parts.sounds : [] },
      log,
    );
    for (const { segments, timescale } of made.sounds)
      checkContinuous(
        segments.map(({ time }) => time / timescale),
        segments.map(({ seconds }) => seconds),
      );
    const before = stream;
    stream = {
      ...before,
      pictures: [...made.pictures, ...before.pictures],
      sounds: first ? made.sounds : before.sounds,
    };
    if (first) stream = await addTexts(task, { plan, parts, texts }, stream);
    await publishRungs(task, before, stream, manifests);
  }
  await placeExtras(task, facts, parts);
  return [
    ...(await writeManifests(stream, manifests)),
    ...(await extraOutputs(parts.extras, plan, parts.root)),
    ...(await sidecarTracks(task, plan, texts)),
  ];
}

function ladderParts({ scratch }: JoinTask<TranscodeParams>, { plan, rungs }: JoinFacts): LadderParts {
  const root = join(scratch, 'ladder');
  return {
    rungs,
    sounds: plan.audio.map((audio, position) => ({ folder: nameSound(audio, position), audio, chain: '' })),
    soundInside: soundInside(plan),
    picture: { deinterlace: 'none' },
    extras: planExtras(plan, root),
    root,
  };
}

/** What the steps after the encoding ask of a source; there is none here. */
function sourceOf({ plan, inputName }: JoinFacts): Source {
  const file = { path: '', bytes: 0, mediaType: '', name: inputName, reference: 'input' };
  const media = {
    ...{ format: '', durationSeconds: plan.clip.seconds, tags: {} },
    ...{ video: [], audio: [], subtitles: [], artwork: [], chapters: [] },
  };
  const [video, audio] = [plan.video?.stream, plan.audio[0]?.stream];
  return { file, demuxer: '', media, video, audio, durationSeconds: plan.clip.seconds, inputOptions: [] };
}

async function packageRung(
  task: JoinTask<TranscodeParams>,
  facts: JoinFacts,
  { root, rungs, soundInside: inside }: LadderParts,
  rung: Rung,
  index: number,
): Promise<string> {
  const { plan } = facts;
  await mkdir(join(root, rung.name), { recursive: true });
  const emitter = createSegmentEmitter(task, root, [rung.name]);
  const piece = pieceOf(plan);
  const [sound] = inside ? filesNamed(task.parts, piece.name) : [];
  const fraction = reportFraction(task, plan.clip.seconds, [index / rungs.length, (index + 1) / rungs.length]);
  const { log } = await runFfmpeg({
    inputs: [
      await joinInput(task.scratch, task.parts, rung.name, facts),
      ...(sound === undefined ? [] : [{ path: sound.path, options: guardedInput(piece.demuxer) }]),
    ],
    outputs: [
      {
        target: join(root, rung.name, 'playlist.m3u8'),
        options: [
          ...['-map', '0:v:0', ...(sound === undefined ? ['-an'] : ['-map', '1:a']), '-c', 'copy'],
          ...segmentOptions(plan, join(root, rung.name), false),
        ],
      },
    ],
    inputName: facts.inputName,
    signal: task.signal,
    onProgress: (progress) => {
      fraction(progress);
      emitter.nudge();
    },
  });
  await emitter.drain();
  await checkRendition(join(root, rung.name), facts, { sound, signal: task.signal });
  return log;
}

/** Segments of sound are final; they only have to come to where they belong. */
async function placeSound(
  task: JoinTask<TranscodeParams>,
  { root, sounds, soundInside: inside }: LadderParts,
): Promise<void> {
  if (inside) return;
  const files = sounds.flatMap(({ folder }) =>
    task.parts.flatMap((part) => part.files.filter(({ output }) => output.name.startsWith(`${folder}/`))),
  );
  for (const { path, output, mediaType } of files) {
    const target = join(root, output.name);
    await mkdir(dirname(target), { recursive: true });
    await rename(path, target);
    if (!output.name.endsWith('.m3u8')) await task.emit({ name: output.name, path: target, mediaType });
  }
}

async function placeExtras(task: JoinTask<TranscodeParams>, facts: JoinFacts, { extras }: LadderParts): Promise<void> {
  for (const { name, path, layout } of extras) {
    if (layout !== undefined) await composeSprite(task, facts, layout, path);
    const [poster] = layout === undefined ? filesNamed(task.parts, `${name}.jpg`) : [];
    if (poster !== undefined) await rename(poster.path, path);
  }
}
