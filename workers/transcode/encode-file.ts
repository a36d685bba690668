import { join } from 'node:path';
import type { Output, Task } from '../kind.ts';
import { containers, type FileContainer } from '../media/containers.ts';
import { encodeAudio, encodeVideo, flacInMp4, type Pass, threads } from '../media/encoders.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { VideoStream } from '../media/media.ts';
import type { Source } from '../media/open-source.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { inStages, sideBySide } from '../media/stages.ts';
import { verifyOutput } from '../media/verify-output.ts';
import { type EmbeddedTexts, embeddedOptions, movesTexts, writeEmbedded } from './embed-texts.ts';
import { extraOptions } from './extra-options.ts';
import { forecastFirstPass, forecastVideo } from './forecast.ts';
import { forecastSound } from './forecast-sound.ts';
import { keepFrameTimes } from './frame-clock.ts';
import { type PictureParts, pictureGraph, settleDeinterlace } from './picture-graph.ts';
import { type AudioPlan, type Plan, scoreFacts } from './plan.ts';
import { prepareCover } from './prepare-cover.ts';
import { reachQuality } from './reach-quality.ts';
import { scoreFile, scoresVmaf } from './score-results.ts';
import { soundChain } from './sound-chain.ts';
import { prepareBurn, readTextTracks, sidecarTracks } from './subtitles.ts';
import { prepareMark } from './watermark.ts';
import { type Listening, stagesOfWork } from './work-stages.ts';

/** One input, one output file, and the subtitles beside it when they are asked for. */
export async function encodeFile(whole: Task<unknown>, source: Source, asked: Plan): Promise<readonly Output[]> {
  const parts = await prepareParts(whole, source, asked);
  const stages = stagesOfWork(whole, asked, await scoresVmaf(asked));
  const plan = await reachQuality(stages.searching, source, asked, parts);
  const sound = plan.audio.length === 0 ? ['-an'] : await soundOptions(stages.listening, source, plan);
  stages.settle(plan);
  const task = stages.encoding;
  const container = containers[plan.container as FileContainer];
  const name = `${task.name}.${plan.container}`;
  const path = join(task.scratch, `result.${plan.container}`);
  const reads = plan.subtitles.sidecar === true || movesTexts(plan);
  const texts = reads ? await readTextTracks(task, source, plan) : [];
  const moved = movesTexts(plan) ? await writeEmbedded(task, texts, plan.clip.leadSeconds / plan.speed) : undefined;
  const log = await encode({ task, source, plan, parts: { ...parts, moved }, path, sound });
  const facts = await verifyOutput({
    path,
    demuxer: container.demuxer,
    video: plan.video !== undefined,
    audio: plan.audio.length > 0,
    seconds: plan.clip.seconds,
    from: plan.clip.seekSeconds + plan.clip.leadSeconds,
    exactLength: source.exactLength,
    log,
    inputName: source.file.name,
    signal: task.signal,
  });
  const scored = await scoreFile(stages.scoring, { source, plan, picture: parts }, path);
  const mediaType = plan.video === undefined ? container.audioMediaType : container.mediaType;
  return [
    { name, path, mediaType, facts: { ...facts, ...scoreFacts(scored) } },
    ...(await sidecarTracks(task, plan, texts)),
  ];
}

async function prepareParts(task: Task<unknown>, source: Source, plan: Plan): Promise<PictureParts> {
  if (plan.video === undefined) return { deinterlace: 'none', cover: await prepareCover(plan, source, task) };
  if (plan.video.copy) return { deinterlace: 'none' };
  return {
    deinterlace: await settleDeinterlace(plan.video, source, task.signal),
    subtitles: await prepareBurn(task, source, plan),
    mark: await prepareMark(plan.watermark, task),
  };
}

interface FileParts extends PictureParts {
  readonly moved: EmbeddedTexts | undefined;
}

interface Encode {
  readonly task: Task<unknown>;
  readonly source: Source;
  readonly plan: Plan;
  readonly parts: FileParts;
  readonly path: string;
  /** Arguments of the output. */
  readonly sound: readonly string[];
}

/** In one pass or two; resolves with what ffmpeg said of the last. */
async function encode(work: Encode): Promise<string> {
  const { task, plan } = work;
  const first = forecastFirstPass(plan);
  if (first === 0) return run(work);
  const statistics = join(task.scratch, 'two-pass');
  const stages = inStages(task, [first, forecastVideo(plan) - first + forecastSound(plan)]);
  await run({ ...work, task: stages.at(0), sound: ['-an'] }, { number: 1, statistics });
  return run({ ...work, task: stages.at(1) }, { number: 2, statistics });
}

async function run({ task, source, plan, parts, path, sound }: Encode, pass?: Pass): Promise<string> {
  const container = containers[plan.container as FileContainer];
  const measuring = pass?.number === 1;
  const pictures = [parts.mark?.pictureInput, parts.cover].filter((picture) => picture !== undefined);
  const texts = parts.moved === undefined ? undefined : embeddedOptions(parts.moved, plan, 1 + pictures.length);
  const rest = measuring
    ? ['-f', 'null']
    : [...extraOptions(source, plan, { cover: parts.cover, texts }), ...container.options, '-f', container.muxer];
  const { log } = await runFfmpeg({
    inputs: [
      { path: source.file.path, options: ['-threads', threads, ...source.inputOptions, ...plan.clip.inputOptions] },
      ...pictures,
      ...(measuring ? [] : (parts.moved?.inputs ?? [])),
    ],
    ...(plan.video === undefined || plan.video.copy
      ? {}
      : { filterGraph: pictureGraph(plan, plan.video, parts, 'picture') }),
    outputs: [
      {
        target: measuring ? '-' : path,
        options: [...pictureOptions(plan, pass), ...sound, ...plan.clip.outputOptions, ...rest],
      },
    ],
    inputName: source.file.name,
    signal: task.signal,
    onProgress: reportFraction(task, plan.clip.seconds),
  });
  return log;
}

function pictureOptions({ video, container }: Plan, pass?: Pass): string[] {
  if (video === undefined) return [];
  if (video.copy) return ['-map', `0:${video.stream.index}`, '-c:v:0', 'copy', ...named(video.stream, container)];
  return ['-map', '[picture]', ...keepFrameTimes(video), ...encodeVideo(video.encoding, pass)];
}

/** Track after track; the task's 0 … 1 is measuring their loudness. */
export async function soundOptions(task: Task<unknown> & Listening, source: Source, plan: Plan): Promise<string[]> {
  const options: string[] = [];
  const measuring = sideBySide(task, plan.audio.length);
  for (const [position, audio] of plan.audio.entries())
    options.push(...(await trackOptions(measuring[position] ?? task, source, plan, audio, position)));
  return options;
}

async function trackOptions(
  task: Task<unknown> & Listening,
  source: Source,
  plan: Plan,
  audio: AudioPlan,
  position: number,
): Promise<string[]> {
  const map = ['-map', `0:${audio.stream.index}`];
  if (audio.copy) return [...map, `-c:a:${position}`, 'copy', ...(audio.stream.codec === 'flac' ? flacInMp4 : [])];
  return [
    ...map,
    `-filter:a:${position}`,
    await soundChain(task, source, plan, audio),
    ...encodeAudio(audio.encoding, position),
  ];
}

/** Apple's players take no hev1, which the muxer writes by itself; unofficial is Dolby Vision, which stays with what is copied. */
function named({ codec }: VideoStream, container: string): string[] {
  if (codec !== 'hevc' || (container !== 'mp4' && container !== 'mov')) return [];
  return ['-tag:v:0', 'hvc1', '-strict', 'unofficial'];
}
