/** The few facts of MPEG-2 transport streams (ISO 13818-1) that playlists need, read from segments our own muxer wrote. */

const packetBytes = 188;
const syncByte = 0x47;

interface Packet {
  readonly offset: number;
  readonly pid: number;
  /** A PES packet or a table begins here. */
  readonly starts: boolean;
  readonly payload: Buffer;
}

function* packetsOf(segment: Buffer): Generator<Packet> {
  for (let offset = 0; offset + packetBytes <= segment.length; offset += packetBytes) {
    if (segment[offset] !== syncByte) throw new TypeError('a segment is not made of transport packets');
    const flags = segment.readUInt16BE(offset + 1);
    const adaptation = ((segment[offset + 3] ?? 0) >> 4) & 3;
    const skipped = adaptation >= 2 ? 1 + (segment[offset + 4] ?? 0) : 0;
    const payload =
      adaptation === 2 ? segment.subarray(0, 0) : segment.subarray(offset + 4 + skipped, offset + packetBytes);
    yield { offset, pid: flags & 0x1fff, starts: (flags & 0x4000) !== 0, payload };
  }
}

/** Video has the stream ids 0xE0 … 0xEF. */
function beginsPicture({ starts, payload }: Packet): boolean {
  return starts && payload.length > 9 && payload.readUIntBE(0, 3) === 1 && ((payload[3] ?? 0) & 0xf0) === 0xe0;
}

export interface SegmentStart {
  /** RFC 6381, e.g. `avc1.64001f`; undefined when there is no picture inside. */
  readonly codec: string | undefined;
  /** Bytes from the segment's first to the packet where the second picture begins. */
  readonly keyframeBytes: number;
}

/** What a segment begins with: our segments begin with their tables and a keyframe. */
export function readSegmentStart(segment: Buffer): SegmentStart {
  const first: Buffer[] = [];
  let pid: number | undefined;
  let end = segment.length;
  for (const packet of packetsOf(segment)) {
    if (beginsPicture(packet)) {
      if (pid !== undefined) {
        end = packet.offset;
        break;
      }
      pid = packet.pid;
    }
    if (packet.pid === pid) first.push(packet.payload);
  }
  return pid === undefined
    ? { codec: undefined, keyframeBytes: 0 }
    : { codec: codecOf(Buffer.concat(first)), keyframeBytes: end };
}

/** The sequence parameter set of H.264 (NAL type 7) begins with profile, constraints and level. */
function codecOf(picture: Buffer): string {
  for (let at = picture.indexOf('000001', 0, 'hex'); at >= 0; at = picture.indexOf('000001', at + 3, 'hex')) {
    if (((picture[at + 3] ?? 0) & 0x1f) === 7) return `avc1.${picture.subarray(at + 4, at + 7).toString('hex')}`;
  }
  throw new TypeError('a segment begins without the parameters of H.264');
}
