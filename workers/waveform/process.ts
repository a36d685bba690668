import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { InputError } from '../../shared/errors.ts';
import type { Output, Process, Task } from '../kind.ts';
import { explainFailure } from '../media/explain-failure.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { measurePackets } from '../media/measure-duration.ts';
import type { AudioStream } from '../media/media.ts';
import { onlyInput } from '../media/only-input.ts';
import { openSource, type Source } from '../media/open-source.ts';
import { probeMedia } from '../media/probe-media.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { runTool } from '../media/run-tool.ts';
import { expectedOf, refuseCutOff, refuseTruncated } from '../media/verify-output.ts';
import { createPeakCollector } from './collect-peaks.ts';
import type { WaveformParams } from './contract.ts';
import { drawSvg } from './draw-svg.ts';
import { spectrogramGraph } from './spectrogram-graph.ts';

type WaveformTask = Task<WaveformParams>;

export const process: Process<WaveformParams> = async (task) => {
  const source = await openSource(onlyInput(task), task.signal);
  const { audio } = source;
  if (audio === undefined) throw new InputError(`"${source.file.name}" has no sound. Send a file with sound.`);
  refuseCutOff(source);
  const { format = 'json' } = task.params;
  if (format === 'spectrogram') return [await drawSpectrogram(task, source, audio)];
  const { peaks, rate, seconds } = await readPeaks(task, source, audio);
  const { color = '#3b82f6', width = 1000, height = 200 } = task.params;
  const path = join(task.scratch, `waveform.${format}`);
  const length = { durationMs: Math.round(seconds * 1000) };
  if (format === 'json') {
    const shape = { version: 2, channels: 1, sample_rate: rate, samples_per_pixel: peaks.samplesPerPoint, bits: 8 };
    const points = peaks.data.length / 2;
    await writeFile(path, JSON.stringify({ ...shape, length: points, data: peaks.data }));
    return [{ name: `${task.name}.json`, path, mediaType: 'application/json', facts: { ...length, points } }];
  }
  const drawing = Buffer.from(drawSvg(peaks, { width, height, color }));
  // One drawing for both: ffmpeg's own shows the mean of a column, not its peak.
  await writeFile(path, format === 'svg' ? drawing : await sharp(drawing).png().toBuffer());
  const mediaType = format === 'svg' ? 'image/svg+xml' : 'image/png';
  return [{ name: `${task.name}.${format}`, path, mediaType, facts: { ...length, width, height } }];
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

/** Headers that count the track's own length; others guess it from the rate of the first packets, or know that of the file alone. */
const counting = new Set(['flac', 'wav', 'aiff', 'mov', 'ogg']);

/** The track's own length: the file's may be that of a longer picture. */
async function lengthOfTrack(
  task: WaveformTask,
  source: Source,
  { index, durationSeconds }: AudioStream,
): Promise<number> {
  const { file, demuxer } = source;
  if (counting.has(demuxer) && durationSeconds !== undefined && durationSeconds <= source.durationSeconds)
    return durationSeconds;
  const { seconds, whole } = await measurePackets(file.path, demuxer, task.signal, index);
  return whole && seconds > 0 ? seconds : source.durationSeconds;
}

async function drawSpectrogram(task: WaveformTask, source: Source, audio: AudioStream): Promise<Output> {
  const { width = 1000, height = 200 } = task.params;
  const { file } = source;
  const length = await lengthOfTrack(task, source, audio);
  const path = join(task.scratch, 'waveform.png');
  const { log } = await runFfmpeg({
    inputs: [{ path: file.path, options: source.inputOptions }],
    filterGraph: spectrogramGraph({ stream: audio.index, seconds: length, width, height }),
    outputs: [
      { target: path, options: ['-map', '[out]', '-frames:v', '1', '-update', '1', '-c:v', 'png', '-f', 'image2'] },
    ],
    inputName: file.name,
    signal: task.signal,
    onProgress: reportFraction(task, length),
  });
  // A picture has no length.
  const { seconds, whole } = await measurePackets(file.path, source.demuxer, task.signal, audio.index);
  if (whole) refuseTruncated({ ...expectedOf(source), log }, seconds);
  const media = await probeMedia({ path, demuxer: 'png_pipe', name: file.name, signal: task.signal });
  const facts = { width: media.video[0]?.width ?? 0, height: media.video[0]?.height ?? 0 };
  return { name: `${task.name}.png`, path, mediaType: 'image/png', facts };
}
