import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { Output, Process, Task } from '../kind.ts';
import { explainFailure } from '../media/explain-failure.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { AudioStream } from '../media/media.ts';
import { onlyInput } from '../media/only-input.ts';
import { openSource, type Source } from '../media/open-source.ts';
import { probeMedia } from '../media/probe-media.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { runTool } from '../media/run-tool.ts';
import { expectedOf, refuseTruncated } from '../media/verify-output.ts';
import { createPeakCollector } from './collect-peaks.ts';
import type { WaveformParams } from './contract.ts';
import { drawSvg } from './draw-svg.ts';

type WaveformTask = Task<WaveformParams>;

export const process: Process<WaveformParams> = async (task) => {
  const source = await openSource(onlyInput(task), task.signal);
  const { audio } = source;
  if (audio === undefined) throw new InputError(`"${source.file.name}" has no sound. Send a file with sound.`);
  const { format = 'json', color = '#3b82f6', width = 1000, height = 200 } = task.params;
  if (format === 'png')
    return [await draw(task, source, audio, `showwavespic=s=${width}x${height}:colors=${color.replace('#', '0x')}`)];
  if (format === 'spectrogram')
    return [await draw(task, source, audio, `showspectrumpic=s=${width}x${height}:legend=0`)];
  const { peaks, rate, seconds } = await readPeaks(task, source, audio);
  const shape = { version: 2, channels: 1, sample_rate: rate, samples_per_pixel: peaks.samplesPerPoint, bits: 8 };
  const content =
    format === 'svg'
      ? drawSvg(peaks, { width, height, color })
      : JSON.stringify({ ...shape, length: peaks.data.length / 2, data: peaks.data });
  const path = join(task.scratch, `waveform.${format}`);
  await writeFile(path, content);
  const mediaType = format === 'svg' ? 'image/svg+xml' : 'application/json';
  const facts = {
    durationMs: Math.round(seconds * 1000),
    ...(format === 'svg' ? { width, height } : { points: peaks.data.length / 2 }),
  };
  return [{ name: `${task.name}.${format}`, path, mediaType, facts }];
};

/** Sooner than anyone is told of it; whoever passes progress on has limits of its own. */
const reportEveryMs = 100;

/** Decodes the track to plain samples at its own rate (a lower one would flatten the peaks) and keeps only their extremes. */
async function readPeaks(task: WaveformTask, source: Source, audio: AudioStream) {
  const collector = createPeakCollector();
  const rate = audio.sampleRate > 0 ? audio.sampleRate : 48_000;
  const expected = Math.max(1, source.durationSeconds * rate);
  let reported = 0;
  const answer = await runTool({
    command: 'ffmpeg',
    args: [
      '-v',
      'error',
      '-nostdin',
      ...source.inputOptions,
      '-i',
      source.file.path,
      '-map',
      `0:${audio.index}`,
    ].concat(['-vn', '-ac', '1', '-ar', String(rate), '-f', 's16le', 'pipe:1']),
    signal: task.signal,
    timeoutMs: 3_600_000,
    onStdout: (chunk) => {
      collector.take(chunk);
      if (Date.now() - reported < reportEveryMs) return;
      reported = Date.now();
      task.progress(Math.min(0.99, collector.total() / expected));
    },
  });
  task.progress(0.99);
  if (answer.code !== 0) throw explainFailure({ ...answer, inputName: source.file.name });
  if (collector.total() === 0)
    throw new InputError(`Nothing in "${source.file.name}" could be decoded: it is damaged or empty. Send it again.`);
  refuseTruncated({ ...expectedOf(source), log: answer.stderr }, collector.total() / rate);
  return { peaks: collector.finish(task.params.points ?? 1000), rate, seconds: collector.total() / rate };
}

async function draw(task: WaveformTask, source: Source, audio: AudioStream, filter: string): Promise<Output> {
  const path = join(task.scratch, 'waveform.png');
  const report = reportFraction(task, source.durationSeconds);
  let seconds = 0;
  const { log } = await runFfmpeg({
    inputs: [{ path: source.file.path, options: source.inputOptions }],
    filterGraph: `[0:${audio.index}]aformat=channel_layouts=mono,${filter}[out]`,
    outputs: [
      { target: path, options: ['-map', '[out]', '-frames:v', '1', '-update', '1', '-c:v', 'png', '-f', 'image2'] },
      // A picture has no length, so the packets that were read are counted beside it.
      { target: '-', options: ['-map', `0:${audio.index}`, '-c:a', 'copy', '-f', 'null'] },
    ],
    inputName: source.file.name,
    signal: task.signal,
    onProgress: (progress) => {
      seconds = progress.seconds ?? seconds;
      report(progress);
    },
  });
  refuseTruncated({ ...expectedOf(source), log }, seconds);
  const media = await probeMedia({ path, demuxer: 'png_pipe', name: source.file.name, signal: task.signal });
  const facts = { width: media.video[0]?.width ?? 0, height: media.video[0]?.height ?? 0 };
  return { name: `${task.name}.png`, path, mediaType: 'image/png', facts };
}
