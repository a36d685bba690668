/** How the units of a container tell their length, for containers without an index that would tell the length of the whole. Data only. */
export interface UnitMeasure {
  readonly unit: string;
  /** Bytes of the unit that begins here; 0: none does; Infinity: one does, and the file ends before it says its length. */
  readonly length: (bytes: Buffer, at: number) => number;
  /** So many behind each other are no accident. */
  readonly inRow: number;
  /** See `Stump`. */
  readonly proof: boolean;
}

/** By demuxer; each is given the first bytes of the file. */
export const measures: Readonly<Record<string, (head: Buffer) => UnitMeasure | undefined>> = {
  mpegts: transportPackets,
  mpeg: () => ({ unit: 'packet', length: programPacket, inRow: 4, proof: true }),
  ogg: () => ({ unit: 'page', length: oggPage, inRow: 3, proof: true }),
  aac: () => ({ unit: 'frame', length: adtsFrame, inRow: 6, proof: true }),
  ac3: () => ({ unit: 'frame', length: ac3Frame, inRow: 6, proof: true }),
  eac3: () => ({ unit: 'frame', length: ac3Frame, inRow: 6, proof: true }),
  flv: () => ({ unit: 'tag', length: flashTag, inRow: 3, proof: false }),
  mxf: () => ({ unit: 'packet', length: keyLengthValue, inRow: 3, proof: false }),
};

/** ISO 13818-1: 188 bytes, or 192 with a time code before, or 204 with parity behind. What begins inside one may end inside one. */
function transportPackets(head: Buffer): UnitMeasure | undefined {
  const found = (
    [
      [188, 0],
      [192, 4],
      [204, 0],
    ] as const
  ).find(([size, sync]) => [0, 1, 2, 3].every((packet) => head[sync + packet * size] === 0x47));
  if (found === undefined) return undefined;
  const [size, sync] = found;
  const length = (bytes: Buffer, at: number) => ((bytes[at + sync] ?? 0x47) === 0x47 ? size : 0);
  return { unit: 'packet', length, inRow: 16, proof: true };
}

/** ISO 13818-1 and 11172-1: a pack header, or a start code with 16 bits of length. */
function programPacket(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) return 0;
  const code = bytes[at + 3] ?? 0xba;
  if (code === 0xb9) return 4;
  if (code < 0xba) return 0;
  if (code !== 0xba) return at + 6 > bytes.length ? Number.POSITIVE_INFINITY : 6 + bytes.readUInt16BE(at + 4);
  if (at + 14 > bytes.length) return Number.POSITIVE_INFINITY;
  return (bytes[at + 4] ?? 0) >> 6 === 1 ? 14 + ((bytes[at + 13] ?? 0) & 7) : 12;
}

/** RFC 3533: 27 bytes, the last of which counts the segments, then their lengths. */
function oggPage(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0x4f || !'OggS\0'.startsWith(bytes.toString('latin1', at, at + 5))) return 0;
  const segments = bytes[at + 26];
  if (segments === undefined || at + 27 + segments > bytes.length) return Number.POSITIVE_INFINITY;
  return bytes.subarray(at + 27, at + 27 + segments).reduce((sum, length) => sum + length, 27 + segments);
}

/** ISO 13818-7: twelve ones, layer 0, and 13 bits of length from the 31st on. */
function adtsFrame(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0xff || ((bytes[at + 1] ?? 0xf0) & 0xf6) !== 0xf0) return 0;
  if (at + 7 > bytes.length) return Number.POSITIVE_INFINITY;
  const length = (bytes.readUInt32BE(at + 3) >> 13) & 0x1fff;
  return length < 7 ? 0 : length;
}

const ac3Kbits = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640];
const ac3Rates = [48_000, 44_100, 32_000];

/** ETSI TS 102 366: E-AC-3 (bsid above 10) says its 16-bit words, AC-3 its bitrate; a frame holds 1536 samples. */
function ac3Frame(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0x0b || (bytes[at + 1] ?? 0x77) !== 0x77) return 0;
  if (at + 6 > bytes.length) return Number.POSITIVE_INFINITY;
  if ((bytes[at + 5] ?? 0) >> 3 > 10) return 2 + 2 * (bytes.readUInt16BE(at + 2) & 0x7ff);
  const code = bytes[at + 4] ?? 0;
  const rate = ac3Rates[code >> 6];
  const kbit = ac3Kbits[(code & 63) >> 1];
  if (rate === undefined || kbit === undefined) return 0;
  return 2 * (Math.floor((kbit * 96_000) / rate) + (rate === 44_100 ? code & 1 : 0));
}

/** Adobe FLV 10.1: sound, picture or script, 24 bits of length, time, stream 0, the content, and the length once more. */
function flashTag(bytes: Buffer, at: number): number {
  if (![8, 9, 18].includes(bytes[at] ?? 0)) return 0;
  if (at + 11 > bytes.length) return Number.POSITIVE_INFINITY;
  const length = 11 + bytes.readUIntBE(at + 1, 3);
  const again = at + length + 4 > bytes.length ? length : bytes.readUInt32BE(at + length);
  return bytes.readUIntBE(at + 8, 3) === 0 && again === length ? length + 4 : 0;
}

/** SMPTE 377: a key of 16 bytes, a length of one byte or of as many as that one says, the value. */
function keyLengthValue(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0x06 || !'\x06\x0e\x2b\x34'.startsWith(bytes.toString('latin1', at, at + 4))) return 0;
  const first = bytes[at + 16];
  if (first === undefined) return Number.POSITIVE_INFINITY;
  if (first < 0x80) return 17 + first;
  const more = first & 0x7f;
  if (more === 0 || more > 6) return 0;
  return at + 17 + more > bytes.length ? Number.POSITIVE_INFINITY : 17 + more + bytes.readUIntBE(at + 17, more);
}
