import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A note each second, dying away, a step higher every two; louder to the end. */
const melody =
  "aevalsrc='(0.25+0.05*t)*exp(-2.5*mod(t,1))*(sin(2*PI*(220+55*floor(t/2))*t)+0.5*sin(6*PI*(220+55*floor(t/2))*t))'";

/** A camera that passes over two pictures, five seconds each: 640×360, 25 frames a second, with the melody. */
export async function filmClip(first: Buffer, second: Buffer): Promise<Buffer> {
  const pan = 'scale=800:-2,crop=640:360:(iw-640)*t/5:(ih-360)*t/5,setsar=1';
  return runFfmpeg('clip.mp4', { 'first.jpg': first, 'second.jpg': second }, (place) => [
    ...['-loop', '1', '-framerate', '25', '-t', '5', '-i', place('first.jpg')],
    ...['-loop', '1', '-framerate', '25', '-t', '5', '-i', place('second.jpg')],
    ...['-f', 'lavfi', '-i', `${melody}:d=10:s=44100`],
    ...[
      '-filter_complex',
      `[0:v]${pan}[a];[1:v]${pan}[b];[a][b]concat=n=2,format=yuv420p[v]`,
      '-map',
      '[v]',
      '-map',
      '2:a',
    ],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-g', '50', '-c:a', 'aac', '-b:a', '96k'],
  ]);
}

export const playMelody = (): Promise<Buffer> =>
  runFfmpeg('melody.wav', {}, () => ['-f', 'lavfi', '-i', `${melody}:d=10:s=22050`]);

async function runFfmpeg(
  output: string,
  inputs: Readonly<Record<string, Buffer>>,
  args: (place: (name: string) => string) => readonly string[],
): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'mediafarm-clip-'));
  const place = (name: string) => join(folder, name);
  try {
    for (const [name, bytes] of Object.entries(inputs)) await writeFile(place(name), bytes);
    await promisify(execFile)('ffmpeg', ['-v', 'error', '-nostdin', ...args(place), '-y', place(output)]);
    return await readFile(place(output));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
