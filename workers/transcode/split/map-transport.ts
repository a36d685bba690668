import type { FileHandle } from 'node:fs/promises';
import type { FileMap } from './file-map.ts';
import { readAt } from './read-at.ts';

/** ISO 13818-1: packets of 188 bytes; with a time code (M2TS) 192, with parity 204. */
const packetSizes = [188, 192, 204];
const sync = 0x47;
const headBytes = 1024 ** 2;
/** Tables come twice a second or more often; most files have them where they are needed. */
const looksBack = [128 * 1024, 4 * 1024 ** 2];

/** What a decoder is set up with, as it stands in the stream: sequence header, sequence parameter set. Other codecs are not looked for. */
const setups: Readonly<Record<string, (code: number) => boolean>> = {
  mpeg1video: (code) => code === 0xb3,
  mpeg2video: (code) => code === 0xb3,
  h264: (code) => (code & 0x9f) === 7,
  hevc: (code) => (code & 0xfe) === 33 << 1,
};
/** It stands before the picture. */
const setupPackets = 16;

/**
 * There is no index: ffmpeg seeks by trying, which holes would mislead, and can begin at any packet instead. It needs the tables
 * then, the same ones as at the beginning, so that its streams have the same numbers, and a keyframe that says how it is decoded.
 * One programme only.
 */
export async function mapTransport(file: FileHandle, bytes: number, codec: string): Promise<FileMap | undefined> {
  const head = await readAt(file, 0, Math.min(bytes, headBytes));
  const grid = findGrid(head);
  const opening = grid && tablesIn(head.subarray(grid.first), grid.size).at(0);
  const setsUp = setups[codec];
  if (grid === undefined || opening === undefined || setsUp === undefined) return undefined;
  const { size } = grid;
  return {
    always: [],
    opensAnywhere: true,
    async enclosing(position) {
      // Positions are those of whole packets: a time code comes before the sync byte.
      const lead = (((grid.first - position) % size) + size) % size;
      const picture = await readAt(file, position + lead, setupPackets * size);
      if (!holdsCode(streamOf(picture, size), setsUp)) return undefined;
      for (const bytesBack of looksBack) {
        const packets = Math.floor(Math.min(bytesBack, position) / size);
        const first = position - packets * size;
        const found = tablesIn((await readAt(file, first, packets * size)).subarray(lead), size).at(-1);
        if (found !== undefined) return found.content === opening.content ? first + found.position : undefined;
      }
      return undefined;
    },
  };
}

/** What the packets of the first one's stream carry. */
function streamOf(packets: Buffer, size: number): Buffer {
  const id = idOf(packets);
  const payloads: Buffer[] = [];
  for (let at = 0; at + 188 <= packets.length; at += size) {
    const packet = packets.subarray(at, at + 188);
    if (idOf(packet) === id) payloads.push(payloadOf(packet));
  }
  return Buffer.concat(payloads);
}

const startCode = Buffer.of(0, 0, 1);

function holdsCode(stream: Buffer, wanted: (code: number) => boolean): boolean {
  for (let at = stream.indexOf(startCode); at >= 0; at = stream.indexOf(startCode, at + 3))
    if (wanted(stream[at + 3] ?? 0xff)) return true;
  return false;
}

interface Grid {
  readonly size: number;
  /** Where the first packet begins. */
  readonly first: number;
}

function findGrid(head: Buffer): Grid | undefined {
  for (const size of packetSizes)
    for (let first = 0; first < size; first++)
      if ([0, 1, 2, 3, 4, 5, 6, 7].every((packet) => head[first + packet * size] === sync)) return { size, first };
  return undefined;
}

interface Tables {
  /** Where the packet of the programme association table lies; the map of the programme comes after it. */
  readonly position: number;
  /** Both tables. */
  readonly content: string;
}

function tablesIn(packets: Buffer, size: number): Tables[] {
  const found: Tables[] = [];
  let association: (Tables & { readonly mapId: number }) | undefined;
  for (let position = 0; position + 188 <= packets.length; position += size) {
    const packet = packets.subarray(position, position + 188);
    const id = idOf(packet);
    if (packet[0] !== sync || !beginsSection(packet) || (id !== 0 && id !== association?.mapId)) continue;
    const payload = payloadOf(packet);
    const content = payload.toString('latin1');
    if (id === 0) {
      const mapId = onlyProgramme(payload);
      association = mapId === undefined ? undefined : { position, content, mapId };
    } else if (association !== undefined) {
      found.push({ position: association.position, content: association.content + content });
      association = undefined;
    }
  }
  return found;
}

function idOf(packet: Buffer): number {
  return packet.readUInt16BE(1) & 0x1fff;
}

/** `payload_unit_start_indicator`. */
function beginsSection(packet: Buffer): boolean {
  return ((packet[1] ?? 0) & 0x40) !== 0;
}

/** Behind an adaptation field, if there is one. */
function payloadOf(packet: Buffer): Buffer {
  return packet.subarray(((packet[3] ?? 0) & 0x20) === 0 ? 4 : 5 + (packet[4] ?? 0));
}

/** The packets in which the map of the programme is; undefined when there are several programmes. 2.4.4.3. */
function onlyProgramme(payload: Buffer): number | undefined {
  const section = payload.subarray(1 + (payload[0] ?? 0));
  if (section.length < 12) return undefined;
  const end = Math.min(section.length, 3 + (section.readUInt16BE(1) & 0xfff)) - 4;
  const ids: number[] = [];
  for (let at = 8; at + 4 <= end; at += 4)
    if (section.readUInt16BE(at) !== 0) ids.push(section.readUInt16BE(at + 2) & 0x1fff);
  return ids.length === 1 ? ids[0] : undefined;
}
