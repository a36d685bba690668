import type { VideoStream } from '../../media/media.ts';
import type { Source } from '../../media/open-source.ts';
import { runTool } from '../../media/run-tool.ts';
import type { PacketTable } from './read-packets.ts';
import { Uncuttable } from './uncuttable.ts';

/** Reads a few gigabytes, decodes nothing. */
const timeoutMs = 30 * 60_000;
const limits = { memoryBytes: 4 * 1024 ** 3, cpuSeconds: 20 * 60, fileBytes: 0 };
/** IVF: a header, then each packet behind its length (little endian) and its time. */
const [headerBytes, packetHeaderBytes] = [32, 12];

/**
 * VP8 has packets that become no picture: others lean on them. The fifth bit of a packet says whether it is shown (RFC 6386 §9.1), and
 * no container repeats it. Every other codec's table stays as it is. @throws Uncuttable when the packets are not those of the table.
 */
export async function withoutHidden(
  source: Source,
  { codec, index }: VideoStream,
  table: PacketTable,
  signal: AbortSignal,
): Promise<PacketTable> {
  if (codec !== 'vp8') return table;
  const reader = createReader();
  const copy = ['-map', `0:${index}`, '-c', 'copy', '-copyinkf', '-copyts', '-f', 'ivf', 'pipe:1'];
  const answer = await runTool({
    command: 'ffmpeg',
    args: ['-nostdin', '-v', 'error', ...source.inputOptions, '-i', source.file.path, ...copy],
    ...{ signal, timeoutMs, limits, onStdout: reader.take },
  });
  const shown = reader.finish();
  if (answer.code !== 0 || shown.length !== table.packets.length)
    throw new Uncuttable('its pictures cannot be counted');
  const packets = table.packets.map((packet, at) => ({ ...packet, discarded: packet.discarded || shown[at] !== true }));
  return { ...table, packets };
}

/** Of all that comes, it looks at the first byte of each packet. */
export function createReader(): { take(chunk: Buffer): void; finish(): readonly boolean[] } {
  const shown: boolean[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let skip = headerBytes;
  return {
    take(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = Math.min(skip, rest.length);
      skip -= at;
      while (skip === 0 && rest.length - at > packetHeaderBytes) {
        const bytes = rest.readUInt32LE(at);
        shown.push(bytes > 0 && (((rest[at + packetHeaderBytes] ?? 0) >> 4) & 1) === 1);
        const whole = packetHeaderBytes + bytes;
        skip = Math.max(0, whole - (rest.length - at));
        at += whole - skip;
      }
      rest = rest.subarray(at);
    },
    finish: () => shown,
  };
}
