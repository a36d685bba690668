/** Looks at what the farm made with independent programs: ffprobe and poppler. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface MediaSeen {
  readonly durationSeconds: number;
  readonly video: { codec: string; width: number; height: number; frames: number } | undefined;
  readonly audio: { codec: string; channels: number } | undefined;
}

export async function probeMedia(content: Buffer): Promise<MediaSeen> {
  const { stdout } = await withFile(content, (path) =>
    run('ffprobe', ['-v', 'error', '-count_packets', '-show_streams', '-show_format', '-of', 'json', path]),
  );
  const seen = JSON.parse(stdout) as { format: { duration: string }; streams: Record<string, never>[] };
  const find = (type: string) => seen.streams.find((stream) => stream.codec_type === type);
  const [video, audio] = [find('video'), find('audio')];
  return {
    durationSeconds: Number(seen.format.duration),
    video: video && {
      codec: video.codec_name ?? '',
      width: video.width ?? 0,
      height: video.height ?? 0,
      frames: Number(video.nb_read_packets),
    },
    audio: audio && { codec: audio.codec_name ?? '', channels: audio.channels ?? 0 },
  };
}

export async function pdfText(content: Buffer): Promise<string> {
  return (await withFile(content, (path) => run('pdftotext', ['-layout', path, '-']))).stdout;
}

async function withFile<T>(content: Buffer, work: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'look-'));
  try {
    const path = join(folder, 'file');
    await writeFile(path, content);
    return await work(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
