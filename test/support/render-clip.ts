/** Small media made on the spot by ffmpeg's own sources, and what ffprobe says of a result. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const run = promisify(execFile);

/** Runs ffmpeg with these arguments and a file of this name at their end. @returns its path, gone after the test. */
export async function renderClip(name: string, ...args: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'farm-clip-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return renderInto(folder, name, ...args);
}

/** The same in a folder that somebody else clears away. */
export async function renderInto(folder: string, name: string, ...args: string[]): Promise<string> {
  const path = join(folder, name);
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args, path]);
  return path;
}

/** A moving test picture and a tone, so many seconds long. */
export function testSources(seconds: number, size = '320x180', rate = 25): string[] {
  return [
    '-f',
    'lavfi',
    '-i',
    `testsrc2=s=${size}:r=${rate}:d=${seconds}`,
    '-f',
    'lavfi',
    '-i',
    `sine=f=440:d=${seconds}`,
  ];
}

export const quickVideo = ['-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1', '-pix_fmt', 'yuv420p'];

interface ProbedStream {
  readonly codec_type: string;
  readonly codec_name: string;
  readonly codec_tag_string: string;
  readonly width: number;
  readonly height: number;
  readonly pix_fmt: string;
  readonly profile?: string;
  readonly level?: number;
  readonly color_primaries?: string;
  readonly color_space?: string;
  readonly sample_aspect_ratio?: string;
  readonly color_range?: string;
  readonly color_transfer?: string;
  readonly channels: number;
  readonly channel_layout?: string;
  readonly sample_rate: string;
  readonly bits_per_raw_sample?: string;
  readonly avg_frame_rate: string;
  readonly nb_read_packets: string;
  readonly side_data_list?: readonly { readonly rotation?: number; readonly side_data_type?: string }[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly disposition?: Readonly<Record<string, number>>;
}

export async function probe(path: string): Promise<{
  readonly video: ProbedStream | undefined;
  readonly audio: ProbedStream | undefined;
  readonly streams: readonly ProbedStream[];
  readonly seconds: number;
  /** Of the whole file. */
  readonly tags: Readonly<Record<string, string>>;
}> {
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-count_packets',
    '-show_streams',
    '-show_format',
    '-of',
    'json',
    path,
  ]);
  const { streams, format } = JSON.parse(stdout) as {
    streams: ProbedStream[];
    format: { duration?: string; tags?: Record<string, string> };
  };
  return {
    video: streams.find((stream) => stream.codec_type === 'video'),
    audio: streams.find((stream) => stream.codec_type === 'audio'),
    streams,
    seconds: Number(format.duration ?? 0),
    tags: format.tags ?? {},
  };
}

/** Presentation times of the first video stream, in order. */
export async function frameTimes(path: string): Promise<number[]> {
  const args = [
    '-v',
    'error',
    '-select_streams',
    'V:0',
    '-show_entries',
    'frame=best_effort_timestamp_time',
    '-of',
    'csv=p=0',
    path,
  ];
  const { stdout } = await run('ffprobe', args);
  return stdout.split('\n').map(Number.parseFloat).filter(Number.isFinite);
}

/** One frame as 8-bit grey samples of the given size. */
export async function grayFrame(path: string, seconds: number, width: number, height: number): Promise<Buffer> {
  const args = [
    '-v',
    'error',
    '-ss',
    String(seconds),
    '-i',
    path,
    '-frames:v',
    '1',
    '-vf',
    `scale=${width}:${height},format=gray`,
  ];
  const { stdout } = await run('ffmpeg', [...args, '-f', 'rawvideo', '-'], {
    encoding: 'buffer',
    maxBuffer: 64 * 1024 ** 2,
  });
  return stdout;
}

/** HEVC in ten bits, tagged BT.2020 with this transfer (smpte2084: HDR10, arib-std-b67: HLG), of one of ffmpeg's own sources. */
export function renderHdr(source: string, transfer: 'smpte2084' | 'arib-std-b67', light: readonly string[] = []) {
  const encode = [
    '-c:v',
    'libx265',
    '-preset',
    'ultrafast',
    '-x265-params',
    ['log-level=error', ...light].join(':'),
    '-pix_fmt',
    'yuv420p10le',
  ];
  const tags = ['-color_primaries', 'bt2020', '-color_trc', transfer, '-colorspace', 'bt2020nc'];
  return renderClip('in.mp4', '-f', 'lavfi', '-i', source, ...encode, ...tags);
}

/** A second of a tone with a red cover of 64 × 64 pixels. */
export function renderSong(name: string): Promise<string> {
  const sources = ['-f', 'lavfi', '-i', 'sine=d=1', '-f', 'lavfi', '-i', 'color=red:s=64x64:d=0.04'];
  return renderClip(name, ...sources, '-map', '0', '-map', '1', '-c:v', 'png', '-disposition:v', 'attached_pic');
}
