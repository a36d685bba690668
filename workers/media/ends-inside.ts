import { type FileHandle, open } from 'node:fs/promises';
import { measures, type UnitMeasure } from './unit-lengths.ts';

/** The last unit of a file (packet, page, frame …) is shorter than it says: the file was cut off there. */
export interface Stump {
  /** What a person may call the unit. */
  readonly unit: string;
  /** False where a wrong length is also seen in whole files, so that only a missing part of the declared time proves a cut. */
  readonly proof: boolean;
}

/** Holds several of the largest units: pages and PES packets of 64 KiB, pictures of FLV and MXF. */
const tailBytes = 4 * 1024 ** 2;
/** A day of fragments of a second has fewer. */
const mostBoxes = 200_000;
/** Small boxes are read many at a time. */
const windowBytes = 16 * 1024;

/**
 * Undefined where the file ends with a whole unit, and where nobody can know: after junk or tags, in a recording that begins inside a
 * packet, in formats whose units say no length.
 */
export async function endsInside(path: string, demuxer: string): Promise<Stump | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (demuxer === 'mov') return await boxStump(file, size);
    const measure = measures[demuxer]?.(await read(file, 0, 1024));
    if (measure === undefined) return undefined;
    const from = Math.max(0, size - tailBytes);
    const { unit, proof } = measure;
    return endsShort(await read(file, from, size - from), measure, from === 0) ? { unit, proof } : undefined;
  } finally {
    await file.close();
  }
}

async function read(file: FileHandle, from: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, from);
  return buffer.subarray(0, bytesRead);
}

/** Finds a place from which units follow each other, and follows them; where they cease before the end, nothing is known. */
function endsShort(bytes: Buffer, { length, inRow }: UnitMeasure, isWhole: boolean): boolean {
  for (let start = 0; start < bytes.length; start++) {
    const { units, end } = follow(bytes, start, length);
    if (units >= inRow || (isWhole && start === 0 && units > 0)) return end > bytes.length;
  }
  return false;
}

function follow(bytes: Buffer, start: number, length: UnitMeasure['length']): { units: number; end: number } {
  let end = start;
  for (let units = 0; ; units++) {
    const next = end < bytes.length ? length(bytes, end) : 0;
    if (next === 0) return { units, end };
    end += next;
  }
}

/** What a fragment is made of. */
const fragmentBoxes = ['moof', 'mdat'];

/**
 * ISO 14496-12: boxes side by side, each with its length. A fragment that is not whole is proof; an index knows its time itself, and
 * anything else may be a tag or junk.
 */
async function boxStump(file: FileHandle, size: number): Promise<Stump | undefined> {
  let fragmented = false;
  let type = '';
  let at = 0;
  let window: Buffer = Buffer.alloc(0);
  let from = 0;
  for (let boxes = 0; at + 8 <= size; boxes++) {
    if (at + 16 > from + window.length) {
      window = await read(file, at, windowBytes);
      from = at;
    }
    const head = window.subarray(at - from, at - from + 16);
    const short = head.readUInt32BE(0);
    const length = short === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : short;
    if (length < 8 || boxes === mostBoxes) return undefined;
    type = head.toString('latin1', 4, 8);
    fragmented ||= type === 'moof';
    at += length;
  }
  return at > size ? { unit: 'fragment', proof: fragmented && fragmentBoxes.includes(type) } : undefined;
}
