import { InputError } from '../../shared/errors.ts';
import { cutClip } from '../media/clip.ts';
import { explainFailure } from '../media/explain-failure.ts';
import type { Source } from '../media/open-source.ts';
import { runTool } from '../media/run-tool.ts';
import type { TranscodeParams } from './params.ts';
import { planTranscode } from './plan-transcode.ts';

/** What is quieter than this for so long is silence; so much of it stays. */
const detector = 'silencedetect=n=-50dB:d=0.5';
const breathSeconds = 0.05;

/**
 * `trimSilence` becomes a clip of what is between the silence at both ends, so that fades, loudness, chapters and the length that is
 * expected go by it. Beside a picture nothing is trimmed. @throws InputError when nothing would be left.
 */
export async function settleSilence(
  params: TranscodeParams,
  source: Source,
  signal: AbortSignal,
): Promise<TranscodeParams> {
  if (typeof params.audio !== 'object' || params.audio.trimSilence !== true) return params;
  const { video, audio } = planTranscode(params, source);
  const [track] = audio;
  if (video !== undefined || track === undefined) return params;
  const from = params.clip?.start ?? 0;
  const { begin, end } = await hear(source, track.stream.index, params, signal);
  const start = Math.max(0, begin - breathSeconds);
  const clip = { start: from + start, end: end === undefined ? params.clip?.end : from + end + breathSeconds };
  return { ...params, clip: clip.end === undefined ? { start: clip.start } : { start: clip.start, end: clip.end } };
}

interface Sounding {
  /** Seconds from the beginning of what is heard. */
  readonly begin: number;
  /** Undefined: it sounds to the end. */
  readonly end: number | undefined;
}

async function hear(source: Source, track: number, params: TranscodeParams, signal: AbortSignal): Promise<Sounding> {
  const clip = cutClip(source, params.clip);
  const until = clip.ends ? `:end=${(clip.leadSeconds + clip.seconds).toFixed(6)}` : '';
  const chain = [
    `atrim=start=${clip.leadSeconds.toFixed(6)}${until}`,
    `asetpts=PTS-${clip.leadSeconds.toFixed(6)}/TB`,
    detector,
    ...['start', 'end'].map((edge) => `ametadata=print:key=lavfi.silence_${edge}:file='pipe\\:1':direct=1`),
  ].join(',');
  const edges = readEdges();
  const answer = await runTool({
    command: 'ffmpeg',
    args: [
      ...['-v', 'error', '-nostdin', ...source.inputOptions, ...clip.inputOptions, '-i', source.file.path],
      ...['-map', `0:${track}`, '-vn', '-af', chain, '-f', 'null', '-'],
    ],
    signal,
    timeoutMs: 3_600_000,
    onStdout: edges.take,
  });
  if (answer.code !== 0) throw explainFailure({ ...answer, inputName: source.file.name });
  const found = edges.between();
  if (found === undefined)
    throw new InputError(
      `"${source.file.name}" is silent from end to end: leave out trimSilence, or send another file.`,
    );
  return found;
}

/** A silence from the first sample on has a start of zero or just before; one that lasts to the end has no end. */
const atOnce = 0.001;

/** Takes what `ametadata` prints, in chunks of any size, and keeps the first silence and the last. */
export function readEdges() {
  let rest = '';
  let first: { start: number; end: number | undefined } | undefined;
  let last: { start: number; end: number | undefined } | undefined;
  return {
    take(chunk: Buffer): void {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [, edge, seconds] = /silence_(start|end)=(-?[\d.]+(?:e[+-]\d+)?)/.exec(line) ?? [];
        if (edge === 'start') last = { start: Number(seconds), end: undefined };
        else if (edge === 'end' && last !== undefined) last.end = Number(seconds);
        first ??= last;
      }
    },
    /** Undefined: nothing but silence. */
    between(): Sounding | undefined {
      const leading = first !== undefined && first.start <= atOnce;
      if (leading && first?.end === undefined) return undefined;
      return { begin: leading ? (first?.end ?? 0) : 0, end: last?.end === undefined ? last?.start : undefined };
    },
  };
}
