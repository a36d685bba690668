import type { FileHandle } from 'node:fs/promises';
import type { ByteRange } from './byte-ranges.ts';
import type { FileMap } from './file-map.ts';
import { firstLook, readAt } from './read-at.ts';

/** What readers of an index of a chunk that lies behind its picture go back for. */
const before = 512 * 1024;
const mostHeaderBytes = 4 * 1024 ** 2;
/** A film has a few lists, and an index for each gigabyte; more is no film. */
const mostPieces = 10_000;

interface Chunk {
  readonly id: string;
  /** Of lists and of the file itself. */
  readonly kind: string;
  readonly first: number;
  /** One past its last byte, the one that makes it even included. */
  readonly end: number;
}

/**
 * RIFF: pictures and sound are in lists called `movi`, all else is header or index. Files beyond a gigabyte (OpenDML) have an index of
 * indexes in the header, and those among the pictures. Without any index a reader looks for pictures all the way.
 */
export async function mapAvi(file: FileHandle, bytes: number): Promise<FileMap | undefined> {
  const always: ByteRange[] = [];
  let indexed = false;
  for (let at = 0; at + 12 <= bytes; ) {
    const riff = await readChunk(file, at, bytes);
    if (riff.id !== 'RIFF' || !riff.kind.startsWith('AVI')) return undefined;
    always.push({ first: at, last: at + 11 });
    for (let inner = at + 12; inner + 8 <= riff.end && always.length <= mostPieces; ) {
      const chunk = await readChunk(file, inner, riff.end);
      always.push(needed(chunk));
      const indexes = chunk.kind === 'hdrl' ? await indexesNamed(file, chunk) : [];
      always.push(...indexes);
      indexed ||= chunk.id === 'idx1' || indexes.length > 0;
      inner = chunk.end;
    }
    if (always.length > mostPieces) return undefined;
    at = riff.end;
  }
  return indexed ? { always, enclosing: async (position) => Math.max(0, position - before) } : undefined;
}

async function readChunk(file: FileHandle, first: number, limit: number): Promise<Chunk> {
  const header = await readAt(file, first, 12);
  const size = header.readUInt32LE(4);
  const id = header.toString('latin1', 0, 4);
  const kind = id === 'LIST' || id === 'RIFF' ? header.toString('latin1', 8, 12) : '';
  return { id, kind, first, end: Math.min(limit, first + 8 + size + (size % 2)) };
}

function needed({ kind, first, end }: Chunk): ByteRange {
  return { first, last: (kind === 'movi' ? Math.min(end, first + firstLook) : end) - 1 };
}

/** OpenDML 1.02: `indx` of type 0 holds the place (8 bytes) and size (4) of each index, and its duration (4). */
async function indexesNamed(file: FileHandle, { first, end }: Chunk): Promise<ByteRange[]> {
  const header = await readAt(file, first, Math.min(end - first, mostHeaderBytes));
  const ranges: ByteRange[] = [];
  const next = (from: number) => header.indexOf('indx', from);
  for (let at = next(0); at >= 0 && at + 32 <= header.length && ranges.length <= mostPieces; at = next(at + 4)) {
    if (header.readUInt8(at + 11) !== 0) continue;
    const room = Math.min(Math.floor((header.length - at - 32) / 16), mostPieces + 1);
    const entries = Math.min(header.readUInt32LE(at + 12), room);
    for (let entry = 0; entry < entries; entry++) {
      const place = Number(header.readBigUInt64LE(at + 32 + entry * 16));
      ranges.push({ first: place, last: place + header.readUInt32LE(at + 40 + entry * 16) + 7 });
    }
  }
  return ranges;
}
