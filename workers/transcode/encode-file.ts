import { join } from 'node:path';
import type { Output, Task } from '../kind.ts';
import { containers, type FileContainer } from '../media/containers.ts';
import { encodeAudio, encodeVideo, threads } from '../media/encoders.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { Source } from '../media/open-source.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { verifyOutput } from '../media/verify-output.ts';
import { audioChain, keepFrameTimes, settleDeinterlace, videoChain } from './filters.ts';
import type { AudioPlan, Plan, VideoPlan } from './plan-transcode.ts';

/** One input, one output file. */
export async function encodeFile(task: Task<unknown>, source: Source, plan: Plan): Promise<Output> {
  const container = containers[plan.container as FileContainer];
  const name = `${task.name}.${plan.container}`;
  const path = join(task.scratch, `result.${plan.container}`);
  const { log } = await runFfmpeg({
    inputs: [
      { path: source.file.path, options: ['-threads', threads, ...source.inputOptions, ...plan.clip.inputOptions] },
    ],
    outputs: [
      {
        target: path,
        options: [
          ...(plan.video === undefined ? ['-vn'] : await pictureOptions(plan.video, source, task.signal)),
          ...(plan.audio === undefined ? ['-an'] : soundOptions(plan.audio)),
          ...[
            '-sn',
            '-dn',
            '-map_chapters',
            '-1',
            ...plan.clip.outputOptions,
            ...container.options,
            '-f',
            container.muxer,
          ],
        ],
      },
    ],
    inputName: source.file.name,
    signal: task.signal,
    onProgress: reportFraction(task, plan.clip.seconds),
  });
  const facts = await verifyOutput({
    path,
    demuxer: container.demuxer,
    video: plan.video !== undefined,
    audio: plan.audio !== undefined,
    seconds: plan.clip.seconds,
    log,
    inputName: source.file.name,
    signal: task.signal,
  });
  return { name, path, mediaType: plan.video === undefined ? container.audioMediaType : container.mediaType, facts };
}

async function pictureOptions(video: VideoPlan, source: Source, signal: AbortSignal): Promise<string[]> {
  const deinterlace = await settleDeinterlace(video, source, signal);
  return [
    ...[
      '-map',
      `0:${video.stream.index}`,
      '-vf',
      videoChain(video, video.size, deinterlace),
      '-filter_threads',
      threads,
    ],
    ...keepFrameTimes,
    ...encodeVideo(video.encoding),
  ];
}

function soundOptions(audio: AudioPlan): string[] {
  return ['-map', `0:${audio.stream.index}`, '-af', audioChain, ...encodeAudio(audio.encoding)];
}
