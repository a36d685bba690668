import { type FileHandle, open } from 'node:fs/promises';

/** How large a file should be by what its own header counts; undefined where the header does not say or cannot know. */
export interface DeclaredBytes {
  readonly bytes: number;
  /** True when the header counts time as well, so the length a prober tells is that of the whole file. */
  readonly timed: boolean;
}

export async function readDeclaredBytes(path: string, demuxer: string): Promise<DeclaredBytes | undefined> {
  const read = readers[demuxer];
  if (read === undefined) return undefined;
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(headBytes);
    const { bytesRead } = await file.read(buffer, 0, headBytes, 0);
    return await read(buffer.subarray(0, bytesRead), file);
  } finally {
    await file.close();
  }
}

const headBytes = 256 * 1024;

type Declared = DeclaredBytes | undefined;

const readers: Readonly<Record<string, (head: Buffer, file: FileHandle) => Declared | Promise<Declared>>> = {
  wav: waveData,
  w64: (head) => sized(uint64(head, 16, 'LE'), false, 8),
  avi: riffEnd,
  aiff: (head) => sized(8 + uint32(head, 4, 'BE'), true),
  au: (head) => sized(uint32(head, 4, 'BE') + uint32(head, 8, 'BE'), true),
  caf: cafData,
  mp3: mpegBytes,
  flv: flashBytes,
  asf: asfBytes,
  matroska: segmentEnd,
};

/**
 * Headers written before the end was known hold 0 or the largest number, also of signed ones (SoX, espeak and arecord into a pipe);
 * nothing shorter than a header is meant either.
 */
function sized(bytes: number, timed: boolean, width: 4 | 8 = 4): Declared {
  const most = width === 4 ? 0xffff_ff00 : Number.MAX_SAFE_INTEGER;
  const signedMost = width === 4 && bytes >= 0x7f00_0000 && bytes < 0x8001_0000;
  return bytes > 64 && bytes < most && !signedMost ? { bytes, timed } : undefined;
}

function uint32(head: Buffer, at: number, order: 'LE' | 'BE'): number {
  return at + 4 > head.length ? 0 : order === 'LE' ? head.readUInt32LE(at) : head.readUInt32BE(at);
}

function uint64(head: Buffer, at: number, order: 'LE' | 'BE'): number {
  return at + 8 > head.length ? 0 : Number(order === 'LE' ? head.readBigUInt64LE(at) : head.readBigUInt64BE(at));
}

/** RIFF chunks (name, size, content padded to even) up to the one that holds the samples; of RF64 the first one says its size. */
function waveData(head: Buffer): Declared {
  for (let at = 12; at + 8 <= head.length; ) {
    const size = head.readUInt32LE(at + 4);
    if (head.toString('latin1', at, at + 4) === 'data') {
      const large = size === 0xffff_ffff && head.toString('latin1', 12, 16) === 'ds64';
      if (large) return sized(at + 8 + uint64(head, 28, 'LE'), false, 8);
      return size === 0 ? undefined : sized(at + 8 + size, false);
    }
    at += 8 + size + (size % 2);
  }
  return undefined;
}

/** OpenDML: a file of more than a gigabyte is several RIFFs, one behind the other. */
async function riffEnd(head: Buffer, file: FileHandle): Promise<Declared> {
  const { size } = await file.stat();
  const first = sized(8 + uint32(head, 4, 'LE'), false);
  let end = first?.bytes ?? size;
  const next = Buffer.alloc(12);
  for (let riffs = 1; end < size && riffs < mostRiffs; riffs++) {
    const { bytesRead } = await file.read(next, 0, 12, end);
    if (bytesRead < 12 || next.toString('latin1', 0, 4) !== 'RIFF') break;
    end += 8 + next.readUInt32LE(4);
  }
  return first === undefined ? undefined : { bytes: end, timed: false };
}

/** A terabyte of them. */
const mostRiffs = 1000;

/** Core Audio: chunks of a name and 64 bits of size, −1 while it is recorded. */
function cafData(head: Buffer): Declared {
  for (let at = 8; at + 12 <= head.length; ) {
    const size = uint64(head, at + 4, 'BE');
    if (head.toString('latin1', at, at + 4) === 'data') return sized(at + 12 + size, false, 8);
    at += 12 + size;
  }
  return undefined;
}

/** The first frame stands behind an ID3 tag, which may hold a large cover. */
async function mpegBytes(head: Buffer, file: FileHandle): Promise<Declared> {
  const start = head.toString('latin1', 0, 3) === 'ID3' ? 10 + syncsafe(head) : 0;
  const buffer = Buffer.alloc(4096);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
  const first = buffer.subarray(0, bytesRead);
  return frameHeader(first, start, 'Xing') ?? frameHeader(first, start, 'Info') ?? frameHeader(first, start, 'VBRI');
}

/** Behind the first frame's header: LAME's Xing (flags, frames, bytes) or Fraunhofer's VBRI (bytes, frames). */
function frameHeader(first: Buffer, start: number, name: 'Xing' | 'Info' | 'VBRI'): Declared {
  const at = first.indexOf(name);
  if (at < 0) return undefined;
  if (name === 'VBRI') return sized(start + uint32(first, at + 10, 'BE'), true);
  return (uint32(first, at + 4, 'BE') & 3) === 3 ? sized(start + uint32(first, at + 12, 'BE'), true) : undefined;
}

const syncsafe = (head: Buffer) =>
  ((head[6] ?? 0) << 21) | ((head[7] ?? 0) << 14) | ((head[8] ?? 0) << 7) | (head[9] ?? 0);

/** `filesize` among the properties of onMetaData: the name, a type byte (0: a number), a double. */
function flashBytes(head: Buffer): Declared {
  const at = head.indexOf('\0\x08filesize\0', 0, 'latin1');
  return at < 0 || at + 19 > head.length ? undefined : sized(head.readDoubleBE(at + 11), true, 8);
}

const asfFileProperties = Buffer.from('a1dcab8c47a9cf118ee400c00c205365', 'hex');
const asfData = '3626b2758e66cf11a6d900aa0062ce6c';

/**
 * ASF: the header object, then the data object; each begins with its id and its size. File Properties count the whole file, too, but
 * taggers leave that as it was when they make the header smaller; their flags tell a broadcast, which knows no size.
 */
async function asfBytes(head: Buffer, file: FileHandle): Promise<Declared> {
  const properties = head.indexOf(asfFileProperties);
  const at = uint64(head, 16, 'LE');
  const isBroadcast = properties >= 0 && ((head[properties + 88] ?? 0) & 1) === 1;
  if (isBroadcast || at > Number.MAX_SAFE_INTEGER) return undefined;
  const buffer = Buffer.alloc(24);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
  if (bytesRead < buffer.length || buffer.toString('hex', 0, 16) !== asfData) return undefined;
  const size = uint64(buffer, 16, 'LE');
  return size > 50 ? sized(at + size, false, 8) : undefined;
}

/** RFC 8794: the EBML header, then the segment, whose size is all ones while it is recorded; its Info counts time. */
function segmentEnd(head: Buffer): Declared {
  const header = readVint(head, 4);
  const at = header === undefined ? 0 : 4 + header.bytes + header.value;
  if (uint32(head, at, 'BE') !== 0x1853_8067) return undefined;
  const size = readVint(head, at + 4);
  const timed = head.includes(Buffer.from([0x44, 0x89]));
  return size === undefined || !timed ? undefined : sized(at + 4 + size.bytes + size.value, true, 8);
}

/** Zeros before the first one bit are bytes to come; undefined where all other bits are ones: unknown. */
function readVint(head: Buffer, at: number): { readonly value: number; readonly bytes: number } | undefined {
  const bytes = Math.clz32(head[at] ?? 0) - 23;
  if (bytes > 8 || at + bytes > head.length) return undefined;
  const digits = head.subarray(at, at + bytes).toString('hex');
  const value = BigInt(`0x${digits}`) & ((1n << BigInt(7 * bytes)) - 1n);
  return value === (1n << BigInt(7 * bytes)) - 1n ? undefined : { value: Number(value), bytes };
}
