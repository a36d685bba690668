import { join } from 'node:path';
import type { Output, Task } from '../kind.ts';
import { containers, type FileContainer } from '../media/containers.ts';
import { encodeAudio, encodeVideo, type Pass, threads } from '../media/encoders.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { Source } from '../media/open-source.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { verifyOutput } from '../media/verify-output.ts';
import { type EmbeddedTexts, embeddedOptions, movesTexts, writeEmbedded } from './embed-texts.ts';
import { extraOptions } from './extra-options.ts';
import { keepFrameTimes, type PictureParts, pictureGraph, settleDeinterlace } from './picture-graph.ts';
import { type AudioPlan, type Plan, scoreFacts } from './plan.ts';
import { prepareCover } from './prepare-cover.ts';
import { afterSearch, duringSearch } from './progress-of-search.ts';
import { reachQuality } from './reach-quality.ts';
import { type Span, soundChain } from './sound-chain.ts';
import { prepareBurn, readTextTracks, sidecarTracks } from './subtitles.ts';
import { prepareMark } from './watermark.ts';

/** One input, one output file, and the subtitles beside it when they are asked for. */
export async function encodeFile(whole: Task<unknown>, source: Source, asked: Plan): Promise<readonly Output[]> {
  const parts = await prepareParts(whole, source, asked);
  const plan = await reachQuality(duringSearch(whole, asked), source, asked, parts);
  const task = afterSearch(whole, asked);
  const container = containers[plan.container as FileContainer];
  const name = `${task.name}.${plan.container}`;
  const path = join(task.scratch, `result.${plan.container}`);
  const reads = plan.subtitles.sidecar === true || movesTexts(plan);
  const texts = reads ? await readTextTracks(task, source, plan) : [];
  const moved = movesTexts(plan) ? await writeEmbedded(task, plan, texts) : undefined;
  const log = await encode(task, source, plan, { ...parts, moved }, path);
  const facts = await verifyOutput({
    path,
    demuxer: container.demuxer,
    video: plan.video !== undefined,
    audio: plan.audio.length > 0,
    seconds: plan.clip.seconds,
    from: startOf(plan),
    exactLength: source.exactLength === true && !plan.audio.some(({ trimSilence }) => trimSilence),
    log,
    inputName: source.file.name,
    signal: task.signal,
  });
  const mediaType = plan.video === undefined ? container.audioMediaType : container.mediaType;
  return [
    { name, path, mediaType, facts: { ...facts, ...scoreFacts(plan) } },
    ...(await sidecarTracks(task, plan, texts)),
  ];
}

/** Second of the source. */
function startOf({ clip }: Plan): number {
  const at = clip.inputOptions.indexOf('-ss');
  return (at < 0 ? 0 : Number(clip.inputOptions[at + 1])) + clip.leadSeconds;
}

async function prepareParts(task: Task<unknown>, source: Source, plan: Plan): Promise<PictureParts> {
  if (plan.video === undefined) return { deinterlace: 'none', cover: await prepareCover(plan, task) };
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

/** In one pass or two; resolves with what ffmpeg said of the last. */
async function encode(
  task: Task<unknown>,
  source: Source,
  plan: Plan,
  parts: FileParts,
  path: string,
): Promise<string> {
  const twice = plan.video?.encoding.passes === 2 && !plan.video.copy;
  const statistics = join(task.scratch, 'two-pass');
  if (!twice) return run(task, source, plan, parts, path, undefined, [0.01, 0.99]);
  await run(task, source, plan, parts, path, { number: 1, statistics }, [0.01, 0.4]);
  return run(task, source, plan, parts, path, { number: 2, statistics }, [0.4, 0.99]);
}

async function run(
  task: Task<unknown>,
  source: Source,
  plan: Plan,
  parts: FileParts,
  path: string,
  pass: Pass | undefined,
  [from, to]: Span,
): Promise<string> {
  const container = containers[plan.container as FileContainer];
  const measuring = pass?.number === 1;
  const heard = measuring ? from : from + (to - from) * listeningShare(plan);
  const sound = measuring || plan.audio.length === 0 ? ['-an'] : await soundOptions(task, source, plan, [from, heard]);
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
    onProgress: reportFraction(task, plan.clip.seconds, [heard, to]),
  });
  return log;
}

/** How much of the work measuring the loudness is, at 192 kHz: little beside a picture that is encoded, else more than encoding the sound. */
function listeningShare({ video, audio }: Plan): number {
  if (!audio.some(({ loudness }) => loudness !== undefined)) return 0;
  return video === undefined || video.copy ? 0.7 : 0.05;
}

function pictureOptions({ video }: Plan, pass?: Pass): string[] {
  if (video === undefined) return [];
  if (video.copy) return ['-map', `0:${video.stream.index}`, '-c:v:0', 'copy'];
  return ['-map', '[picture]', ...keepFrameTimes, ...encodeVideo(video.encoding, pass)];
}

/** Track after track; `span` is the share of the progress that measuring them is worth. */
export async function soundOptions(
  task: Task<unknown>,
  source: Source,
  plan: Plan,
  [from, to]: Span = [0.01, 0.01],
): Promise<string[]> {
  const options: string[] = [];
  const step = (to - from) / plan.audio.length;
  for (const [position, audio] of plan.audio.entries()) {
    const span = [from + position * step, from + (position + 1) * step] as const;
    options.push(...(await trackOptions(task, source, plan, audio, position, span)));
  }
  return options;
}

async function trackOptions(
  task: Task<unknown>,
  source: Source,
  plan: Plan,
  audio: AudioPlan,
  position: number,
  span: Span,
): Promise<string[]> {
  const map = ['-map', `0:${audio.stream.index}`];
  if (audio.copy) return [...map, `-c:a:${position}`, 'copy'];
  return [
    ...map,
    `-filter:a:${position}`,
    await soundChain(task, source, plan, audio, span),
    ...encodeAudio(audio.encoding, position),
  ];
}
