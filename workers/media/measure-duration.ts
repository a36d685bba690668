import type { InputFile } from '../kind.ts';
import type { Media } from './media.ts';
import { guardedInput } from './probe-media.ts';
import { runTool } from './run-tool.ts';

/** No real recording is leaner; below it the declared duration is taken for a lie (seen: 143 165 s declared for 1 s). */
const leastBitsPerSecond = 1000;
const maxSeconds = 48 * 3600;

/** The declared duration when it can be true, else the span of the packets' times (reads the whole file, decodes nothing). */
export async function measureDuration(source: {
  readonly file: InputFile;
  readonly demuxer: string;
  readonly media: Media;
  readonly signal: AbortSignal;
}): Promise<number> {
  const declared = source.media.durationSeconds;
  if (declared !== undefined && declared < maxSeconds && (source.file.bytes * 8) / declared > leastBitsPerSecond)
    return declared;
  const span = await packetSpan(source.file.path, source.demuxer, source.signal);
  return span > 0 ? span : (declared ?? 0);
}

async function packetSpan(path: string, demuxer: string, signal: AbortSignal): Promise<number> {
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
  await runTool({
    command: 'ffprobe',
    args: [
      '-v',
      'error',
      ...guardedInput(demuxer),
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
  return Number.isFinite(first) ? last - first : 0;
}
