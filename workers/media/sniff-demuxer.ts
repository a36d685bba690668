import { open } from 'node:fs/promises';

/**
 * Which ffmpeg demuxer reads this file, judged by its first bytes; undefined when it is none of the containers we take. The name
 * is forced on ffmpeg, so a playlist, a script or an image named `.mp4` is never opened as what it really is.
 */
export async function sniffDemuxer(path: string): Promise<string | undefined> {
  const head = await readHead(path, 1024 * 1024);
  return nameDemuxer(head);
}

async function readHead(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await file.read(buffer, 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const signatures: readonly (readonly [offset: number, bytes: string, demuxer: string])[] = [
  [4, 'ftyp', 'mov'],
  [4, 'moov', 'mov'],
  [4, 'mdat', 'mov'],
  [4, 'wide', 'mov'],
  [4, 'free', 'mov'],
  [4, 'skip', 'mov'],
  [4, 'styp', 'mov'],
  [4, 'moof', 'mov'],
  [0, '\x1a\x45\xdf\xa3', 'matroska'],
  [8, 'AVI ', 'avi'],
  [8, 'AVIX', 'avi'],
  [8, 'WAVE', 'wav'],
  [0, 'FLV\x01', 'flv'],
  [0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'asf'],
  [0, 'OggS', 'ogg'],
  [0, 'fLaC', 'flac'],
  [0, 'riff\x2e\x91\xcf\x11', 'w64'],
  [8, 'AIFF', 'aiff'],
  [8, 'AIFC', 'aiff'],
  [0, 'caff', 'caf'],
  [0, '.snd', 'au'],
  [0, 'wvpk', 'wv'],
  [0, 'MAC ', 'ape'],
  [0, 'TTA1', 'tta'],
  [0, 'DSD ', 'dsf'],
  [0, '#!AMR', 'amr'],
  [0, '.RMF', 'rm'],
  [0, 'DKIF', 'ivf'],
  [0, 'GIF8', 'gif'],
  [0, 'nut/multimedia container', 'nut'],
  [0, 'YUV4MPEG2', 'yuv4mpegpipe'],
  [0, '\x06\x0e\x2b\x34', 'mxf'],
  [0, '\x7f\xfe\x80\x01', 'dts'],
  [0, '\x1f\x07\x00', 'dv'],
  [0, '\x00\x00\x01\xba', 'mpeg'],
  [0, '\x00\x00\x01\xb3', 'mpegvideo'],
  [0, '\x00\x00\x00\x01\x67', 'h264'],
  [0, '\x00\x00\x00\x01\x40', 'hevc'],
];

export function nameDemuxer(head: Buffer): string | undefined {
  const signature = signatures.find(([offset, bytes]) => has(head, offset, bytes));
  if (signature !== undefined) return signature[2];
  if (has(head, 0, 'ID3')) return afterId3(head);
  if (isTransportStream(head)) return 'mpegts';
  if (head[0] === 0x0b && head[1] === 0x77) return (head[5] ?? 0) >> 3 > 10 ? 'eac3' : 'ac3';
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0) return 'aac';
  return hasMpegAudio(head) ? 'mp3' : undefined;
}

function has(head: Buffer, offset: number, bytes: string): boolean {
  return head.toString('latin1', offset, offset + bytes.length) === bytes;
}

/** An ID3 tag (its size in four bytes of seven bits) also stands before FLAC and ADTS; a tag larger than what we read means MP3. */
function afterId3(head: Buffer): string {
  const [a = 0, b = 0, c = 0, d = 0] = head.subarray(6, 10);
  const rest = head.subarray(10 + ((a << 21) | (b << 14) | (c << 7) | d));
  return rest.length < 4 ? 'mp3' : (nameDemuxer(rest) ?? 'mp3');
}

/** Packets of 188 bytes (or 192 with a time code, 204 with parity) that begin with 0x47; recordings often start inside a packet. */
function isTransportStream(head: Buffer): boolean {
  return [188, 192, 204].some((size) => {
    for (let start = 0; start < size && start + 4 * size < head.length; start++) {
      if ([0, 1, 2, 3, 4].every((packet) => head[start + packet * size] === 0x47)) return true;
    }
    return false;
  });
}

const bitrates = {
  mpeg1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  mpeg2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const sampleRates = [44_100, 48_000, 32_000];

/** Four layer III frames in a row, each exactly where the one before says, anywhere in the head: junk before the sound is common. */
function hasMpegAudio(head: Buffer): boolean {
  for (let at = head.indexOf(0xff); at >= 0 && at + 4 <= head.length; at = head.indexOf(0xff, at + 1)) {
    let frame = at;
    let found = 0;
    for (let length = frameLength(head, frame); length > 0 && found < 4; length = frameLength(head, frame)) {
      frame += length;
      found++;
    }
    if (found === 4 || (found >= 2 && frame >= head.length)) return true;
  }
  return false;
}

/** ISO 11172-3: 144 (MPEG-1) or 72 (MPEG-2, 2.5) × bitrate / sample rate + padding; 0 when no layer III header is there. */
function frameLength(head: Buffer, at: number): number {
  const second = head[at + 1] ?? 0;
  const third = head[at + 2] ?? 0;
  if (head[at] !== 0xff || (second & 0xe6) !== 0xe2) return 0;
  const version = (second >> 3) & 3;
  const rate = sampleRates[(third >> 2) & 3];
  const kbit = (version === 3 ? bitrates.mpeg1 : bitrates.mpeg2)[third >> 4];
  if (version === 1 || rate === undefined || !kbit) return 0;
  const divisor = version === 3 ? 1 : version === 2 ? 2 : 4;
  return Math.floor(((version === 3 ? 144 : 72) * kbit * 1000) / (rate / divisor)) + ((third >> 1) & 1);
}
