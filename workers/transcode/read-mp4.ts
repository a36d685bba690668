/** The few facts of ISO 14496-12/-15 that manifests need, read from init and media segments our own encoder wrote. */

/** RFC 6381 codec of the only track. @throws TypeError when it is none we write. */
export function codecString(init: Buffer): string {
  const avc = boxContent(init, 'avcC');
  if (avc !== undefined) return `avc1.${avc.subarray(1, 4).toString('hex')}`;
  const hevc = boxContent(init, 'hvcC');
  if (hevc !== undefined) return hevcString(hevc);
  if (boxContent(init, 'esds') !== undefined) return 'mp4a.40.2';
  throw new TypeError('an init segment holds neither AVC, HEVC nor AAC');
}

/** ISO 14496-15 annex E: profile, compatibility flags with their bits reversed, tier and level, constraint bytes without trailing zeros. */
function hevcString(config: Buffer): string {
  const [, first = 0] = config;
  const space = ['', 'A', 'B', 'C'][first >> 6];
  const tier = (first >> 5) & 1 ? 'H' : 'L';
  const compatibility = reverseBits(config.readUInt32BE(2)).toString(16);
  const constraints = [...config.subarray(6, 12)];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    `hvc1.${space}${first & 31}`,
    compatibility,
    `${tier}${config[12]}`,
    ...constraints.map((byte) => byte.toString(16)),
  ].join('.');
}

function reverseBits(value: number): number {
  return Number.parseInt(value.toString(2).padStart(32, '0').split('').reverse().join(''), 2);
}

/** Ticks per second of the media. */
export function readTimescale(init: Buffer): number {
  const header = boxContent(init, 'mdhd');
  if (header === undefined) throw new TypeError('an init segment has no media header');
  return header[0] === 1 ? header.readUInt32BE(20) : header.readUInt32BE(12);
}

/** Decode time of the first sample of a segment, in ticks. */
export function readTrackTime(segment: Buffer): number {
  const time = boxContent(segment, 'tfdt');
  if (time === undefined) throw new TypeError('a media segment has no track time');
  return time[0] === 1 ? Number(time.readBigUInt64BE(4)) : time.readUInt32BE(4);
}

/**
 * Where the first sample of a segment ends, counted from the segment's first byte. The run box tells where its data begins, counted
 * from the fragment box, and how large each sample is, unless the fragment header says it for all.
 */
export function firstSampleEnd(segment: Buffer): number {
  const fragment = segment.indexOf('moof', 0, 'latin1') - 4;
  const run = boxContent(segment, 'trun');
  if (fragment < 0 || run === undefined) throw new TypeError('a media segment has no samples');
  const flags = run.readUInt32BE(0) & 0xffffff;
  const dataOffset = flags & 0x1 ? run.readInt32BE(8) : 0;
  const entry = 8 + (flags & 0x1 ? 4 : 0) + (flags & 0x4 ? 4 : 0) + (flags & 0x100 ? 4 : 0);
  const size = flags & 0x200 ? run.readUInt32BE(entry) : defaultSampleSize(segment);
  return fragment + dataOffset + size;
}

function defaultSampleSize(segment: Buffer): number {
  const header = boxContent(segment, 'tfhd');
  if (header === undefined) return 0;
  const flags = header.readUInt32BE(0) & 0xffffff;
  if (!(flags & 0x10)) return 0;
  return header.readUInt32BE(8 + (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0) + (flags & 0x8 ? 4 : 0));
}

/** Our own small files: the four letters stand where they should, so a search finds the box. */
function boxContent(buffer: Buffer, type: string): Buffer | undefined {
  const at = buffer.indexOf(type, 0, 'latin1');
  return at < 4 ? undefined : buffer.subarray(at + 4, at - 4 + buffer.readUInt32BE(at - 4));
}
