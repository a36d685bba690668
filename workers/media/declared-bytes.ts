import { open } from 'node:fs/promises';

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
    return read(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

const headBytes = 256 * 1024;

const readers: Readonly<Record<string, (head: Buffer) => DeclaredBytes | undefined>> = {
  wav: waveData,
  avi: (head) => sized(8 + uint32(head, 4, 'LE'), false),
  aiff: (head) => sized(8 + uint32(head, 4, 'BE'), true),
  mp3: xingBytes,
  flv: flashBytes,
  asf: asfBytes,
};

/** Headers written before the end was known hold 0 or the largest number; nothing shorter than a header is meant either. */
function sized(bytes: number, timed: boolean): DeclaredBytes | undefined {
  return bytes > 64 && bytes < 0xffff_ff00 ? { bytes, timed } : undefined;
}

function uint32(head: Buffer, at: number, order: 'LE' | 'BE'): number {
  return at + 4 > head.length ? 0 : order === 'LE' ? head.readUInt32LE(at) : head.readUInt32BE(at);
}

/** RIFF chunks (name, size, content padded to even) up to the one that holds the samples. */
function waveData(head: Buffer): DeclaredBytes | undefined {
  for (let at = 12; at + 8 <= head.length; ) {
    const size = head.readUInt32LE(at + 4);
    if (head.toString('latin1', at, at + 4) === 'data') return size === 0 ? undefined : sized(at + 8 + size, false);
    at += 8 + size + (size % 2);
  }
  return undefined;
}

/** The Xing header of LAME and others: flags, then frames and bytes where the flags say so; it stands in the first frame. */
function xingBytes(head: Buffer): DeclaredBytes | undefined {
  const start = head.toString('latin1', 0, 3) === 'ID3' ? 10 + syncsafe(head) : 0;
  const first = head.subarray(start, start + 4096);
  const at = [first.indexOf('Xing'), first.indexOf('Info')].find((found) => found >= 0);
  if (at === undefined || (uint32(first, at + 4, 'BE') & 3) !== 3) return undefined;
  return sized(start + uint32(first, at + 12, 'BE'), true);
}

const syncsafe = (head: Buffer) =>
  ((head[6] ?? 0) << 21) | ((head[7] ?? 0) << 14) | ((head[8] ?? 0) << 7) | (head[9] ?? 0);

/** `filesize` among the properties of onMetaData: the name, a type byte (0: a number), a double. */
function flashBytes(head: Buffer): DeclaredBytes | undefined {
  const at = head.indexOf('\0\x08filesize\0', 0, 'latin1');
  return at < 0 || at + 19 > head.length ? undefined : sized(head.readDoubleBE(at + 11), true);
}

const asfFileProperties = Buffer.from('a1dcab8c47a9cf118ee400c00c205365', 'hex');

/** File Properties of ASF: id, size, file id, then the bytes of the file, unless the flags (64 bytes later) say it is a broadcast. */
function asfBytes(head: Buffer): DeclaredBytes | undefined {
  const at = head.indexOf(asfFileProperties);
  if (at < 0 || at + 92 > head.length || (head.readUInt32LE(at + 88) & 1) === 1) return undefined;
  return sized(Number(head.readBigUInt64LE(at + 40)), false);
}
