import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaFacts } from '../../shared/messages/job.ts';
import { meanBitrate, peakBitrate, targetDuration } from './measure-bandwidth.ts';
import { codecString, firstSampleEnd, readTimescale, readTrackTime } from './read-mp4.ts';
import { readSegmentStart } from './read-ts.ts';

export interface Segment {
  readonly name: string;
  readonly seconds: number;
  readonly bytes: number;
  /** In the rendition's timescale. */
  readonly time: number;
  /** From the segment's first byte to the end of its first picture, which is a keyframe; 0 without a picture. */
  readonly keyframeBytes: number;
}

/** One finished rendition, measured from what was written. */
export interface Rendition {
  readonly folder: string;
  /** RFC 6381, e.g. `avc1.64001f`. */
  readonly codec: string;
  /** Of fMP4; transport streams stand alone. */
  readonly init: string | undefined;
  readonly timescale: number;
  readonly segments: readonly Segment[];
  readonly seconds: number;
  /** Bits per second of the heaviest segment, and of all. */
  readonly peakBitrate: number;
  readonly meanBitrate: number;
}

export interface PictureRendition extends Rendition {
  readonly width: number;
  readonly height: number;
  readonly fps: number | undefined;
  /** Of HDR that was kept. */
  readonly videoRange?: 'PQ' | 'HLG' | undefined;
  /** What is known of its quality. */
  readonly score?: MediaFacts;
  /** Codec of the sound inside the same segments. */
  readonly soundInside?: string | undefined;
}

export interface SoundRendition extends Rendition {
  /** ISO 639-2, or `und`. */
  readonly language: string;
  readonly title: string | undefined;
  readonly channels: number;
  readonly sampleRate: number;
}

/**
 * Reads `<root>/<folder>/playlist.m3u8` and what it names. @throws when a file of it is missing, is not what our muxers write, or
 * holds no picture (no sound) at all: transport streams are written even then.
 */
export async function readRendition(root: string, folder: string, kind: 'picture' | 'sound'): Promise<Rendition> {
  const directory = join(root, folder);
  const entries = readEntries(await readFile(join(directory, 'playlist.m3u8'), 'utf8'));
  const transport = entries[0]?.name.endsWith('.ts') === true;
  const { segments, ...media } = transport
    ? await readTransport(directory, entries)
    : await readMp4(directory, entries);
  const empty = segments.every(({ seconds }) => seconds === 0);
  if (empty || media.codec.startsWith('mp4a') !== (kind === 'sound')) throw new TypeError(`there is no ${kind} in it`);
  return {
    folder,
    ...media,
    segments,
    seconds: segments.reduce((sum, segment) => sum + segment.seconds, 0),
    peakBitrate: peakBitrate(segments, targetDuration(segments)),
    meanBitrate: meanBitrate(segments),
  };
}

type Measured = Pick<Rendition, 'codec' | 'init' | 'timescale' | 'segments'>;

async function readMp4(directory: string, entries: readonly Entry[]): Promise<Measured> {
  const init = await readFile(join(directory, 'init.mp4'));
  const segments: Segment[] = [];
  // One after another: of a film of three hours there are thousands.
  for (const entry of entries) segments.push(await measure(directory, entry));
  return { codec: codecString(init), init: 'init.mp4', timescale: readTimescale(init), segments };
}

/** Times are counted from the playlist: nothing but HLS reads these segments, and it has no use for them. */
async function readTransport(directory: string, entries: readonly Entry[]): Promise<Measured> {
  const timescale = 90_000;
  const segments: Segment[] = [];
  let codec: string | undefined;
  let time = 0;
  for (const entry of entries) {
    const content = await readFile(join(directory, entry.name));
    const start = readSegmentStart(content);
    codec ??= start.codec;
    segments.push({
      ...entry,
      bytes: content.length,
      time: Math.round(time * timescale),
      keyframeBytes: start.keyframeBytes,
    });
    time += entry.seconds;
  }
  return { codec: codec ?? 'mp4a.40.2', init: undefined, timescale, segments };
}

interface Entry {
  readonly name: string;
  readonly seconds: number;
}

function readEntries(playlist: string): Entry[] {
  return [...playlist.matchAll(/^#EXTINF:([\d.]+).*\r?\n(.+)$/gm)].map(([, seconds, name = '']) => ({
    name: name.trim(),
    seconds: Number(seconds),
  }));
}

async function measure(directory: string, entry: Entry): Promise<Segment> {
  const path = join(directory, entry.name);
  const { size } = await stat(path);
  const start = await readStart(path, Math.min(size, 65_536));
  return { ...entry, bytes: size, time: readTrackTime(start), keyframeBytes: Math.min(size, firstSampleEnd(start)) };
}

async function readStart(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
