import type { Source } from '../../media/open-source.ts';
import { type ByteRange, mergeRanges } from './byte-ranges.ts';
import type { Clock } from './clock.ts';
import { mapFile } from './file-map.ts';
import type { Stretch } from './orders.ts';
import { findLandings, type Packet, type PacketTable } from './read-packets.ts';

/** ffmpeg seeks 3/23 s early where times may be those of decoding. */
const earlierSeconds = 0.1305;
/** Decoder threads and reordering read so many packets beyond the last that is shown. */
const packetsBeyond = 64;

/** For each stretch the bytes of the first input it reads; null: all. A wrong forecast costs frames, which are counted, never truth. */
export async function planReads(
  source: Source,
  stream: number,
  table: PacketTable,
  { stretches, clock }: { readonly stretches: readonly Stretch[]; readonly clock: Clock },
  signal: AbortSignal,
): Promise<readonly (ByteRange[] | null)[]> {
  const all = stretches.map(() => null);
  const { path, bytes } = source.file;
  const map = await mapFile(path, source.demuxer, bytes);
  if (map === undefined || table.packets.some(({ position }) => Number.isNaN(position))) return all;
  const sought = stretches.flatMap(({ seekSeconds }) => (seekSeconds === undefined ? [] : [seekSeconds]));
  const landings = await findLandings(
    source,
    stream,
    sought.map((seconds) => seconds - (source.demuxer === 'mov' ? 0 : earlierSeconds)),
    signal,
  );
  if (landings.length !== sought.length) return all;
  const order = new Map(table.packets.map(({ position }, index) => [position, index]));
  const reads: (ByteRange[] | null)[] = [];
  let sights = 0;
  for (const stretch of stretches) {
    const landing = stretch.seekSeconds === undefined ? table.packets[0] : landings[sights++];
    const from = landing === undefined ? undefined : order.get(landing.position);
    if (landing === undefined || from === undefined) reads.push(null);
    else {
      const window = windowOf(table, from, stretch, clock);
      const first = stretch.seekSeconds === undefined ? 0 : await map.enclosing(window.first);
      reads.push(mergeRanges([...map.always, { first, last: window.last }], bytes));
    }
  }
  return reads;
}

/** Packets lie in decoding order, so the last one needed may not be the last shown. */
function windowOf({ packets }: PacketTable, from: number, stretch: Stretch, { tick, startTicks }: Clock): ByteRange {
  const until =
    stretch.untilSeconds === undefined ? Number.POSITIVE_INFINITY : stretch.untilSeconds / tick + startTicks;
  let end = packets.findLastIndex(({ pts }, index) => index >= from && pts < until);
  end = Math.min(packets.length - 1, Math.max(end, from) + packetsBeyond);
  const window = packets.slice(from, end + 1);
  return {
    first: smallest(window, ({ position }) => position),
    last: -smallest(window, ({ position, bytes }) => -(position + bytes)) - 1,
  };
}

function smallest(packets: readonly Packet[], value: (packet: Packet) => number): number {
  return packets.reduce((least, packet) => Math.min(least, value(packet)), Number.POSITIVE_INFINITY);
}
