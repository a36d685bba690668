import { open } from 'node:fs/promises';
import type { Source } from '../../media/open-source.ts';
import type { Access } from './access.ts';
import { type ByteRange, mergeRanges } from './byte-ranges.ts';
import type { Clock } from './clock.ts';
import type { FileMap } from './file-map.ts';
import { mapFile } from './map-file.ts';
import type { Stretch } from './orders.ts';
import { findLandings, opensAt, type Packet, type PacketTable } from './read-packets.ts';

/** What a stretch takes of the first input. */
export interface Reading {
  /** null: all of it. */
  readonly ranges: ByteRange[] | null;
  readonly access: Access;
}

const wholeFile: Reading = { ranges: null, access: {} };
/** ffmpeg seeks 3/23 s early where times may be those of decoding. */
const earlierSeconds = 0.1305;
/** Decoder threads and reordering read so many packets beyond the last that is shown. */
const packetsBeyond = 64;

interface Cut {
  readonly stretches: readonly Stretch[];
  readonly clock: Clock;
}

/** For each stretch the bytes of the first input it reads. A wrong forecast costs frames, which are counted, never truth. */
export async function planReads(
  source: Source,
  stream: number,
  table: PacketTable,
  cut: Cut,
  signal: AbortSignal,
): Promise<readonly Reading[]> {
  const all = cut.stretches.map(() => wholeFile);
  const { path, bytes } = source.file;
  if (table.packets.some(({ position }) => Number.isNaN(position))) return all;
  const codec = source.media.video.find(({ index }) => index === stream)?.codec ?? '';
  const file = await open(path);
  try {
    const map = await mapFile(file, { demuxer: source.demuxer, bytes, codec });
    if (map === undefined) return all;
    const find = map.opensAnywhere === true ? findKeyframes : findBySeeking;
    const openings = await find({ source, stream, table, cut, map, signal });
    if (openings === undefined) return all;
    const readings: Reading[] = [];
    for (const [index, stretch] of cut.stretches.entries()) {
      const from = openings[index];
      readings.push(from === undefined ? wholeFile : await readFrom(from, stretch, { map, table, cut, bytes }));
    }
    return readings;
  } finally {
    await file.close();
  }
}

interface Search {
  readonly source: Source;
  readonly stream: number;
  readonly table: PacketTable;
  readonly cut: Cut;
  readonly map: FileMap;
  readonly signal: AbortSignal;
}

/** For each stretch which packet is the first that is read; undefined: unknown. */
type Openings = readonly (number | undefined)[] | undefined;

async function findBySeeking({ source, stream, table, cut, signal }: Search): Promise<Openings> {
  const sought = cut.stretches.flatMap(({ seekSeconds }) => (seekSeconds === undefined ? [] : [seekSeconds]));
  const early = source.demuxer === 'mov' ? 0 : earlierSeconds;
  const seconds = sought.map((at) => at - early);
  const landings = await findLandings(source, stream, seconds, signal);
  if (landings.length !== sought.length) return undefined;
  const order = indexOf(table, [table.packets[0], ...landings]);
  const left = landings.values();
  return cut.stretches.map(({ seekSeconds }) => {
    const position = seekSeconds === undefined ? table.packets[0]?.position : left.next().value?.position;
    return position === undefined ? undefined : order.get(position);
  });
}

/** Where in the table these packets are, by their bytes. A map of all of them would be as large as the table. */
function indexOf({ packets }: PacketTable, wanted: readonly (Pick<Packet, 'position'> | undefined)[]) {
  const positions = new Set(wanted.map((packet) => packet?.position));
  const order = new Map<number, number>();
  packets.forEach(({ position }, index) => {
    if (positions.has(position)) order.set(position, index);
  });
  return order;
}

/** Times have 33 bits in transport streams, and a reader that begins within a minute of their end counts differently. */
const beforeWrapTicks = 2 ** 33 - 61 * 90_000;

/** Where a seek would go if it could: the keyframe itself. The first is tried. */
async function findKeyframes({ source, stream, table, cut, map, signal }: Search): Promise<Openings> {
  const { packets } = table;
  if (packets.some(({ pts }) => pts < 0 || pts > beforeWrapTicks)) return undefined;
  const keyframes = packets.flatMap(({ keyframe, discarded }, index) => (keyframe && !discarded ? [index] : []));
  const openings = cut.stretches.map(({ seekSeconds }) =>
    seekSeconds === undefined ? 0 : lastUntil(packets, keyframes, seekSeconds / cut.clock.tick),
  );
  const tried = packets[openings[cut.stretches.findIndex(({ seekSeconds }) => seekSeconds !== undefined)] ?? -1];
  const from = tried === undefined ? undefined : await map.enclosing(tried.position);
  if (tried === undefined || from === undefined) return undefined;
  const found = await opensAt(source, stream, from, signal);
  return found?.position === tried.position && found.pts === tried.pts ? openings : undefined;
}

function lastUntil(packets: readonly Packet[], among: readonly number[], mostTicks: number): number | undefined {
  return among.findLast((index) => (packets[index]?.pts ?? Number.NaN) <= mostTicks);
}

interface Surroundings {
  readonly map: FileMap;
  readonly table: PacketTable;
  readonly cut: Cut;
  readonly bytes: number;
}

async function readFrom(from: number, stretch: Stretch, around: Surroundings): Promise<Reading> {
  const { map, table, cut, bytes } = around;
  const window = windowOf(table, from, stretch, cut.clock);
  const first = stretch.seekSeconds === undefined ? 0 : await map.enclosing(window.first);
  if (first === undefined) return wholeFile;
  const last = window.last === undefined ? bytes - 1 : (map.ending?.(window.last) ?? window.last);
  const ranges = mergeRanges([...map.always, { first, last }], bytes);
  const skips = map.opensAnywhere === true && stretch.seekSeconds !== undefined;
  return { ranges, access: skips ? { skipBytes: first } : bridgeOf(map, ranges) };
}

/** The hole behind the head. */
function bridgeOf({ bridge }: FileMap, ranges: readonly ByteRange[] | null): Access {
  const before = bridge === undefined ? -1 : (ranges ?? []).findIndex(({ last }) => last === bridge.at - 1);
  const next = ranges?.[before + 1];
  if (bridge === undefined || before < 0 || next === undefined) return {};
  return { bridge: { ...bridge, bytes: next.first - bridge.at } };
}

/** Packets lie in decoding order, so the last one needed may not be the last shown. `last` undefined: to the end of the file. */
function windowOf(
  { packets }: PacketTable,
  from: number,
  stretch: Stretch,
  { tick, startTicks }: Clock,
): { readonly first: number; readonly last: number | undefined } {
  const until =
    stretch.untilSeconds === undefined ? Number.POSITIVE_INFINITY : stretch.untilSeconds / tick + startTicks;
  let end = packets.findLastIndex(({ pts }, index) => index >= from && pts < until);
  end = Math.min(packets.length - 1, Math.max(end, from) + packetsBeyond);
  const window = packets.slice(from, end + 1);
  return {
    first: smallest(window, ({ position }) => position),
    last: end === packets.length - 1 ? undefined : -smallest(window, ({ position, bytes }) => -(position + bytes)) - 1,
  };
}

function smallest(packets: readonly Packet[], value: (packet: Packet) => number): number {
  return packets.reduce((least, packet) => Math.min(least, value(packet)), Number.POSITIVE_INFINITY);
}
