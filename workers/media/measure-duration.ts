import type { InputFile } from '../kind.ts';
import { readDeclaredBytes } from './declared-bytes.ts';
import { endsInside } from './ends-inside.ts';
import type { Media } from './media.ts';
import { guardedInput } from './probe-media.ts';
import { runTool } from './run-tool.ts';

/** No real recording is leaner; below it the declared duration is taken for a lie (seen: 143 165 s declared for 1 s). */
const leastBitsPerSecond = 1000;
/** Whoever declares more is measured, and what is longer by its packets is refused: two pictures can be years apart. */
export const maxHours = 48;
const maxSeconds = maxHours * 3600;

export interface Length {
  readonly seconds: number;
  /** Counted, not estimated: whoever decodes less than this has met a file that was cut off. */
  readonly exact: boolean;
  readonly cutOff?: CutOff;
}

/** The file lacks bytes it should have. */
export interface CutOff {
  /** What is there. */
  readonly seconds: number;
  /** What it ends inside of, where nothing says how long the whole is. */
  readonly unit?: string | undefined;
}

/** Headers that count samples, whatever became of the rest of the file. */
const counting = new Set(['flac', 'wv', 'tta', 'ape']);
/** What is missing may be the index at the end, so a hundredth of the file says nothing of its time. */
const indexLast = new Set(['avi']);

/**
 * The declared duration when it can be true, else the span of the packets' times (reads the whole file, decodes nothing). A file
 * that was cut off has the length of the whole, where the header tells it, and says where it ends.
 */
export async function measureDuration(source: {
  readonly file: InputFile;
  readonly demuxer: string;
  readonly media: Media;
  readonly signal: AbortSignal;
}): Promise<Length> {
  const { file, demuxer, media } = source;
  const seconds = await lengthOfContent(source);
  const lack = await findLack(file, demuxer);
  if (lack === undefined) return { seconds, exact: counting.has(demuxer) && media.durationSeconds === seconds };
  const there = await measurePackets(file.path, demuxer, source.signal);
  // Too long to be read to its end here, so nobody knows how much is missing.
  if (!there.whole) return { seconds, exact: false };
  const whole = lengthOfWhole(lack, there.seconds, seconds);
  if (there.seconds < whole - 0.5) return { seconds: whole, exact: true, cutOff: { seconds: there.seconds } };
  if (lack.unit === undefined) return { seconds: whole, exact: false };
  return { seconds: there.seconds, exact: false, cutOff: { seconds: there.seconds, unit: lack.unit } };
}

interface Lack {
  /** What tells the length of the whole: its header, the share of its bytes that came, or nothing. */
  readonly total: 'header' | number | undefined;
  /** Proof enough when no time is missing. */
  readonly unit?: string;
}

function lengthOfWhole({ total }: Lack, there: number, declared: number): number {
  if (total === undefined) return there;
  return total === 'header' ? Math.max(declared, there) : there / total;
}

async function findLack(file: InputFile, demuxer: string): Promise<Lack | undefined> {
  const whole = await readDeclaredBytes(file.path, demuxer);
  const enough = (whole?.bytes ?? 0) * (indexLast.has(demuxer) ? 0.99 : 1);
  if (whole !== undefined && file.bytes < enough) return { total: whole.timed ? 'header' : file.bytes / whole.bytes };
  const stump = await endsInside(file.path, demuxer);
  if (stump === undefined) return undefined;
  return stump.proof ? { total: undefined, unit: stump.unit } : { total: 'header' };
}

async function lengthOfContent({
  file,
  demuxer,
  media,
  signal,
}: Parameters<typeof measureDuration>[0]): Promise<number> {
  const declared = media.durationSeconds;
  if (declared !== undefined && declared < maxSeconds && (file.bytes * 8) / declared > leastBitsPerSecond)
    return declared;
  const { seconds } = await measurePackets(file.path, demuxer, signal);
  return seconds > 0 ? seconds : (declared ?? 0);
}

export interface PacketSpan {
  /** From the first packet to the end of the last. */
  readonly seconds: number;
  /** What ffprobe said on the way. */
  readonly log: string;
  /** False when it was stopped, so there may be more. */
  readonly whole: boolean;
}

/** Reads every packet's time, or those of one stream, and decodes nothing. */
export async function measurePackets(
  path: string,
  demuxer: string,
  signal: AbortSignal,
  stream?: number,
): Promise<PacketSpan> {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  let rest = '';
  const read = (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = (lines.pop() ?? '').slice(0, 1000);
    for (const line of lines) {
      const [start, length] = line.split(',').map(Number.parseFloat);
      if (start === undefined || Number.isNaN(start)) continue;
      first = Math.min(first, start);
      last = Math.max(last, start + (length !== undefined && length > 0 ? length : 0));
    }
  };
  const { stderr, code } = await runTool({
    command: 'ffprobe',
    args: [
      '-v',
      'error',
      ...guardedInput(demuxer),
      ...(stream === undefined ? [] : ['-select_streams', String(stream)]),
      '-show_entries',
      'packet=pts_time,duration_time',
      '-of',
      'csv=p=0',
      path,
    ],
    signal,
    timeoutMs: 120_000,
    limits: { memoryBytes: 2 * 1024 ** 3, cpuSeconds: 100, fileBytes: 0 },
    onStdout: read,
  });
  return { seconds: Number.isFinite(first) ? last - first : 0, log: stderr, whole: code === 0 };
}
