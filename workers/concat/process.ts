import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { InputFile, Process } from '../kind.ts';
import { containers, type FileContainer } from '../media/containers.ts';
import { displaySize, even } from '../media/display-size.ts';
import { encodeAudio, encodeVideo, threads } from '../media/encoders.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { measurePackets } from '../media/measure-duration.ts';
import { openSource, type Source } from '../media/open-source.ts';
import { expectedOf, refuseCutOff, refuseTruncated, verifyOutput } from '../media/verify-output.ts';
import { type Canvas, concatGraph } from './concat-graph.ts';
import type { ConcatParams } from './contract.ts';
import { reportPieces } from './report-pieces.ts';

export const process: Process<ConcatParams> = async (task) => {
  const { params, signal } = task;
  const sources: Source[] = [];
  for (const input of task.inputs) sources.push(await openWhole(input, signal));
  const container: FileContainer = params.container ?? (sources.some((source) => source.video) ? 'mp4' : 'm4a');
  const canvas = containers[container].video.length === 0 ? undefined : planCanvas(params, sources);
  const sound = sources.some((source) => source.audio !== undefined);
  const seconds = sources.reduce((sum, source) => sum + source.durationSeconds, 0);
  const inputName = task.inputs.map((input) => input.name).join(', ');
  if (canvas === undefined && !sound)
    throw new InputError(`None of "${inputName}" has sound, but ${container} holds sound alone.`);
  const { demuxer, muxer, options, mediaType, audioMediaType } = containers[container];
  const path = join(task.scratch, `joined.${container}`);
  const { log } = await runFfmpeg({
    inputs: sources.map((source) => ({
      path: source.file.path,
      options: ['-threads', threads, ...source.inputOptions],
    })),
    filterGraph: concatGraph(sources, canvas, sound),
    outputs: [{ target: path, options: [...encoding(params, container, canvas, sound), ...options, '-f', muxer] }],
    inputName,
    signal,
    onProgress: reportPieces(task, sources, canvas),
  });
  const facts = await verifyOutput({
    path,
    demuxer,
    video: canvas !== undefined,
    audio: sound,
    seconds,
    // Every piece is as long as it was counted.
    exactLength: true,
    log,
    inputName,
    signal,
  });
  return [
    { name: `${task.name}.${container}`, path, mediaType: canvas === undefined ? audioMediaType : mediaType, facts },
  ];
};

/** Every piece is drawn out to its own length, which would hide that a file was cut off; so its packets are counted first. */
async function openWhole(input: InputFile, signal: AbortSignal): Promise<Source> {
  const source = await openSource(input, signal);
  refuseCutOff(source);
  const { seconds, log, whole } = await measurePackets(input.path, source.demuxer, signal);
  if (whole) refuseTruncated({ ...expectedOf(source), log }, seconds);
  return source;
}

/** The first picture sets size and rate; an asked-for side alone keeps its shape. */
function planCanvas(params: ConcatParams, sources: readonly Source[]): Canvas | undefined {
  const first = sources.find((source) => source.video !== undefined)?.video;
  if (first === undefined) return undefined;
  const size = displaySize(first);
  const width = params.width ?? (params.height === undefined ? size.width : (size.width * params.height) / size.height);
  const height =
    params.height ?? (params.width === undefined ? size.height : (size.height * params.width) / size.width);
  return {
    width: even(width),
    height: even(height),
    fps: params.fps ?? Math.min(60, Math.max(1, Math.round((first.fps ?? 25) * 1000) / 1000)),
    background: (params.background ?? '#000000').replace('#', '0x'),
  };
}

function encoding(
  params: ConcatParams,
  container: FileContainer,
  canvas: Canvas | undefined,
  sound: boolean,
): string[] {
  const { video, audio } = containers[container];
  const picture = { codec: video[0] ?? 'h264', speed: params.speed ?? 'fast', crf: params.crf } as const;
  return [
    ...(canvas === undefined ? ['-vn'] : ['-map', '[picture]', '-r', String(canvas.fps), ...encodeVideo(picture)]),
    ...(sound ? ['-map', '[sound]', ...encodeAudio({ codec: audio[0] ?? 'aac', channels: 2 })] : ['-an']),
    ...['-map_metadata', '-1', '-map_chapters', '-1'],
  ];
}
