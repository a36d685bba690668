import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codecString, firstSampleEnd, readTimescale, readTrackTime } from './read-mp4.ts';

export interface Segment {
  readonly name: string;
  readonly seconds: number;
  readonly bytes: number;
  /** In the rendition's timescale. */
  readonly time: number;
  /** From the segment's first byte to the end of its first sample, which is a keyframe. */
  readonly keyframeBytes: number;
}

/** One finished rendition, measured from what was written. */
export interface Rendition {
  readonly folder: string;
  /** RFC 6381, e.g. `avc1.64001f`. */
  readonly codec: string;
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
}

export interface SoundRendition extends Rendition {
  /** ISO 639-2, or `und`. */
  readonly language: string;
  readonly title: string | undefined;
  readonly channels: number;
  readonly sampleRate: number;
}

export async function readRendition(root: string, folder: string): Promise<Rendition> {
  const directory = join(root, folder);
  const init = await readFile(join(directory, 'init.mp4'));
  const entries = readEntries(await readFile(join(directory, 'playlist.m3u8'), 'utf8'));
  const segments = await Promise.all(entries.map((entry) => measure(directory, entry)));
  const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  return {
    folder,
    codec: codecString(init),
    timescale: readTimescale(init),
    segments,
    seconds,
    peakBitrate: Math.ceil(
      Math.max(...segments.filter(countsForPeak(segments)).map(({ bytes: b, seconds: s }) => (b * 8) / s)),
    ),
    meanBitrate: Math.ceil((bytes * 8) / seconds),
  };
}

/** A last splinter of a few frames has a rate that means nothing; RFC 8216 measures over 0.5 to 1.5 target durations. */
function countsForPeak(segments: readonly Segment[]): (segment: Segment) => boolean {
  const longest = Math.max(...segments.map((segment) => segment.seconds));
  return (segment) => segment.seconds >= longest / 2;
}

function readEntries(playlist: string): { name: string; seconds: number }[] {
  return [...playlist.matchAll(/^#EXTINF:([\d.]+).*\r?\n(.+)$/gm)].map(([, seconds, name = '']) => ({
    name: name.trim(),
    seconds: Number(seconds),
  }));
}

async function measure(directory: string, entry: { name: string; seconds: number }): Promise<Segment> {
  const path = join(directory, entry.name);
  const { size } = await stat(path);
  const start = await readStart(path, 65_536);
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
