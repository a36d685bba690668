import { guardedInput } from '../../media/probe-media.ts';
import { runTool } from '../../media/run-tool.ts';
import { SplitMismatch } from '../../splitter.ts';
import type { Stretch } from './orders.ts';

/** What is told of a chunk to the join. */
export interface ChunkFacts {
  readonly frames: number;
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  /** Hash of what the decoder is set up with; joined chunks share the first one's. */
  readonly setup: string;
  /** How long before it is shown the first picture is decoded (B-frames). */
  readonly delaySeconds: number;
}

/** Times pass through two clocks and microseconds. */
export const sameInstant = 0.0015;
const limits = { memoryBytes: 4 * 1024 ** 3, cpuSeconds: 600, fileBytes: 0 };

/** Counts what was encoded. @throws SplitMismatch when frames or their times are not those of the plan. */
export async function checkChunk(
  path: string,
  stretch: Pick<Stretch, 'frames' | 'firstSeconds' | 'lastSeconds'>,
  { signal, lenient = false }: { readonly signal: AbortSignal; readonly lenient?: boolean },
): Promise<ChunkFacts> {
  const facts = await readChunk(path, guardedInput('mov'), signal);
  const sameEnds = near(facts.firstSeconds, stretch.firstSeconds) && near(facts.lastSeconds, stretch.lastSeconds);
  if (!lenient && (facts.frames !== stretch.frames || !sameEnds)) {
    const span = ({ frames, firstSeconds, lastSeconds }: Pick<ChunkFacts, 'frames' | 'firstSeconds' | 'lastSeconds'>) =>
      `${frames} frames from ${firstSeconds.toFixed(3)} to ${lastSeconds.toFixed(3)} s`;
    throw new SplitMismatch(`A piece of the video came out as ${span(facts)}; ${span(stretch)} were expected.`);
  }
  return facts;
}

const near = (a: number, b: number) => Math.abs(a - b) <= sameInstant;

/** Count, first, last and order of the pictures of a file of ours. @throws SplitMismatch when two have the same time. */
export async function readChunk(
  path: string,
  inputOptions: readonly string[],
  signal: AbortSignal,
): Promise<ChunkFacts> {
  const times: number[] = [];
  let setup = '';
  let firstDecoded = Number.NaN;
  let rest = '';
  const line = (text: string) => {
    const [key, value = ''] = text.split('=', 2);
    if (key === 'pts_time') times.push(Number(value));
    else if (key === 'dts_time' && times.length === 1) firstDecoded = Number(value);
    else if (key === 'extradata_hash') setup = value;
  };
  const answer = await runTool({
    command: 'ffprobe',
    args: [
      ...['-v', 'error', ...inputOptions, '-select_streams', 'V:0', '-show_data_hash', 'sha256'],
      ...['-show_entries', 'packet=pts_time,dts_time:stream=extradata_hash', '-of', 'default', path],
    ],
    signal,
    timeoutMs: 20 * 60_000,
    limits,
    onStdout: (chunk) => {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const one of lines) line(one.trim());
    },
  });
  if (answer.code !== 0 || times.length === 0)
    throw new SplitMismatch('A piece of the video came out empty.', new Error(answer.stderr));
  const delaySeconds = (times[0] ?? 0) - firstDecoded || 0;
  times.sort((a, b) => a - b);
  if (times.some((at, index) => Number.isNaN(at) || at === times[index - 1]))
    throw new SplitMismatch('Two pictures of a piece of the video have the same time.');
  return { frames: times.length, firstSeconds: times[0] ?? 0, lastSeconds: times.at(-1) ?? 0, setup, delaySeconds };
}
