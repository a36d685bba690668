import type { Source } from '../../media/open-source.ts';
import { runTool } from '../../media/run-tool.ts';
import { Uncuttable } from './uncuttable.ts';

/** One picture as it lies in the file. */
export interface Packet {
  /** In ticks of the stream; `NaN` when the container does not say. */
  readonly pts: number;
  readonly keyframe: boolean;
  /** Decoded but not shown (what lies before an edit list). */
  readonly discarded: boolean;
  /** Byte where it begins; `NaN` when unknown. */
  readonly position: number;
  readonly bytes: number;
}

export interface PacketTable {
  /** In the order of the file, which is that of decoding. */
  readonly packets: readonly Packet[];
  /** Seconds of one tick, as a fraction. */
  readonly timeBase: readonly [number, number];
  /** Earliest time of all streams, which ffmpeg makes zero; microseconds. */
  readonly startMicros: number;
}

/** Reads a few gigabytes, decodes nothing. */
const timeoutMs = 30 * 60_000;
/** More than six hours of sixty a second: about 0.3 KiB of memory each (ADR 7). */
export const mostPictures = 1_500_000;
const limits = { memoryBytes: 4 * 1024 ** 3, cpuSeconds: 20 * 60, fileBytes: 0 };

/** Every packet of the picture, from ffprobe. @throws Uncuttable when the file cannot be read through. */
export async function readPackets(source: Source, stream: number, signal: AbortSignal): Promise<PacketTable> {
  const reader = createReader();
  const answer = await runTool({
    command: 'ffprobe',
    args: [
      ...['-v', 'error', ...source.inputOptions, '-select_streams', String(stream)],
      ...['-show_entries', 'packet=pts,flags,pos,size:stream=time_base:format=start_time', '-of', 'default'],
      source.file.path,
    ],
    signal,
    timeoutMs,
    limits,
    onStdout: reader.take,
  });
  if (answer.code !== 0) throw new Uncuttable('its index cannot be read');
  const table = reader.finish();
  if (table.packets.length > mostPictures) throw new Uncuttable('it has too many pictures');
  return table;
}

/** Where ffmpeg lands when it seeks to each of `seconds` (of the file's own clock): pts of the first packet there and its byte. */
export async function findLandings(
  source: Source,
  stream: number,
  seconds: readonly number[],
  signal: AbortSignal,
): Promise<readonly Pick<Packet, 'pts' | 'position'>[]> {
  const reader = createReader();
  const intervals = seconds.map((at) => `${at.toFixed(6)}%+#1`).join(',');
  await runTool({
    command: 'ffprobe',
    args: [
      ...['-v', 'error', ...source.inputOptions, '-select_streams', String(stream), '-read_intervals', intervals],
      ...['-show_entries', 'packet=pts,flags,pos,size', '-of', 'default', source.file.path],
    ],
    signal,
    timeoutMs,
    limits,
    onStdout: reader.take,
  });
  return reader.finish().packets;
}

/** The first packet of the picture for a reader that begins at this byte. */
export async function opensAt(
  source: Source,
  stream: number,
  skipBytes: number,
  signal: AbortSignal,
): Promise<Pick<Packet, 'pts' | 'position'> | undefined> {
  const reader = createReader();
  await runTool({
    command: 'ffprobe',
    args: [
      ...['-v', 'error', '-skip_initial_bytes', String(skipBytes), ...source.inputOptions],
      ...['-select_streams', String(stream), '-read_intervals', '%+#1'],
      ...['-show_entries', 'packet=pts,flags,pos,size', '-of', 'default', source.file.path],
    ],
    signal,
    timeoutMs,
    limits,
    onStdout: reader.take,
  });
  return reader.finish().packets[0];
}

type Fields = Record<string, string>;

/** ffprobe's default writer names its sections, so side data between packets cannot be taken for one. */
function createReader(): { take(chunk: Buffer): void; finish(): PacketTable } {
  const packets: Packet[] = [];
  const others: Record<string, Fields> = {};
  let rest = '';
  let section = '';
  let fields: Fields = {};
  const line = (text: string) => {
    if (text.startsWith('[/')) {
      if (text === '[/PACKET]' && packets.length <= mostPictures) packets.push(readPacket(fields));
      else if (text !== '[/SIDE_DATA]' && text !== '[/PACKET]') others[section] = fields;
      if (text !== '[/SIDE_DATA]') section = '';
    } else if (text.startsWith('[')) {
      if (text === '[SIDE_DATA]') return;
      section = text.slice(1, -1);
      fields = {};
    } else {
      const equals = text.indexOf('=');
      fields[text.slice(0, equals)] ??= text.slice(equals + 1);
    }
  };
  return {
    take(chunk) {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const one of lines) line(one.trim());
    },
    finish: () => ({
      packets,
      timeBase: readFraction(others.STREAM?.time_base),
      startMicros: Math.round((Number(others.FORMAT?.start_time) || 0) * 1e6),
    }),
  };
}

function readPacket({ pts, flags = '', pos, size }: Fields): Packet {
  return {
    pts: Number(pts),
    keyframe: flags.startsWith('K'),
    discarded: flags.includes('D'),
    position: Number(pos),
    bytes: Number(size),
  };
}

function readFraction(text = '1/1'): readonly [number, number] {
  const [above = 1, below = 1] = text.split('/').map(Number);
  return [above, below];
}
