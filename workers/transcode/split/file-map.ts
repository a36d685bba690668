import { open } from 'node:fs/promises';
import type { ByteRange } from './byte-ranges.ts';

/** Which bytes of a container every reader needs, wherever it begins. */
export interface FileMap {
  /** Index, headers, tables. */
  readonly always: readonly ByteRange[];
  /** Where a reader lands when it opens the file at this byte of a packet: the start of what encloses it. */
  enclosing(position: number): Promise<number>;
}

/** ffmpeg looks at the first packets of every stream before it begins. */
const firstLook = 2 * 1024 ** 2;

/** undefined: the whole file is needed (fragments all over, no index, another container). */
export async function mapFile(path: string, demuxer: string, bytes: number): Promise<FileMap | undefined> {
  if (demuxer === 'mov') return mapMp4(path, bytes);
  return demuxer === 'matroska' ? mapMatroska(path, bytes) : undefined;
}

/** ISO 14496-12: everything outside the `mdat` boxes is index; one `moof` and the index is spread over the file. */
async function mapMp4(path: string, bytes: number): Promise<FileMap | undefined> {
  const always: ByteRange[] = [];
  let media = 0;
  for (let at = 0; at + 8 <= bytes; ) {
    const header = await readAt(path, at, 16);
    const type = header.toString('latin1', 4, 8);
    const short = header.readUInt32BE(0);
    const size = short === 1 ? Number(header.readBigUInt64BE(8)) : short === 0 ? bytes - at : short;
    if (type === 'moof' || size < 8) return undefined;
    const end = Math.min(bytes, at + size);
    always.push({ first: at, last: (type === 'mdat' ? Math.min(end, at + firstLook) : end) - 1 });
    if (type === 'mdat') media++;
    at = end;
  }
  return media === 0 ? undefined : { always, enclosing: async (position) => position };
}

const cluster = Buffer.from('1f43b675', 'hex');
const cues = Buffer.from('1c53bb6b', 'hex');
/** Clusters are five megabytes at most where we know their writers. */
const furthestBack = 16 * 1024 ** 2;
const tailBytes = 1024 ** 2;

/** RFC 9559: seeking goes by the cues, before the first cluster or after the last. */
async function mapMatroska(path: string, bytes: number): Promise<FileMap | undefined> {
  const head = await readAt(path, 0, Math.min(bytes, firstLook));
  const firstCluster = head.indexOf(cluster);
  const tail = await readAt(path, Math.max(0, bytes - tailBytes), Math.min(bytes, tailBytes));
  const inHead = firstCluster > 0 && head.subarray(0, firstCluster).lastIndexOf(cues) > 0;
  if (firstCluster < 0 || (!inHead && tail.lastIndexOf(cues) < 0)) return undefined;
  return {
    always: [
      { first: 0, last: Math.min(bytes, firstCluster + firstLook) - 1 },
      { first: Math.max(0, bytes - tailBytes), last: bytes - 1 },
    ],
    async enclosing(position) {
      const from = Math.max(0, position - furthestBack);
      const found = (await readAt(path, from, position - from)).lastIndexOf(cluster);
      return found < 0 ? 0 : from + found;
    },
  };
}

async function readAt(path: string, position: number, bytes: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await file.read(buffer, 0, bytes, position);
    return buffer.subarray(0, Math.max(bytesRead, 0)).length === bytes ? buffer : Buffer.concat([buffer], bytes);
  } finally {
    await file.close();
  }
}
