/**
 * Video: what the farm adds to bare ffmpeg, and what one decode saves. Ratios within one run, because cores differ and are shared;
 * CPU seconds are those of all child processes, read from /proc (Linux).
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InputFile } from '../workers/kind.ts';
import { threads } from '../workers/media/encoders.ts';
import { transcodeParams } from '../workers/transcode/contract.ts';
import { process as transcode } from '../workers/transcode/process.ts';
import type { Bench } from './bench.ts';

const ticksPerSecond = 100;
const seconds = 6;
const rounds = 3;

export const bench: Bench = async (print) => {
  const folder = await mkdtemp(join(tmpdir(), 'farm-bench-'));
  try {
    const source = join(folder, 'source.mp4');
    await ffmpeg([
      ...[
        '-f',
        'lavfi',
        '-i',
        `testsrc2=s=1920x1080:r=30:d=${seconds},noise=alls=12:allf=t`,
        '-f',
        'lavfi',
        '-i',
        `sine=d=${seconds}`,
      ],
      ...[
        '-c:v',
        'libx264',
        '-preset',
        'veryfast',
        '-b:v',
        '8M',
        '-g',
        '60',
        '-pix_fmt',
        'yuv420p',
        '-c:a',
        'aac',
        source,
      ],
    ]);
    await overBare(source, folder, print);
    await oneDecode(source, folder, print);
    await firstRung(source, folder, print);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Sniffing, probing, caging and checking the result against the same encode alone; both in turn, the median of the ratios. */
async function overBare(source: string, folder: string, print: (line: string) => void): Promise<void> {
  const bare = [
    ...[
      '-threads',
      threads,
      '-i',
      source,
      '-filter_complex',
      '[0:0]scale=854:480:flags=lanczos:in_range=auto:out_range=tv,setsar=1,format=yuv420p[v]',
    ],
    ...[
      '-map',
      '[v]',
      '-fps_mode',
      'vfr',
      '-enc_time_base',
      '-1',
      '-c:v',
      'libx264',
      '-threads',
      threads,
      '-preset',
      'veryfast',
      '-crf',
      '23',
    ],
    ...['-map', '0:1', '-c:a', 'aac', '-b:a', '64k', '-movflags', '+faststart', '-f', 'mp4', join(folder, 'bare.mp4')],
  ];
  const ratios: { wall: number; cpu: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const alone = await measure(() => ffmpeg(bare));
    const farm = await measure(() => run(source, folder, { preset: 'mp4-480p' }));
    ratios.push({ wall: farm.wall / alone.wall, cpu: farm.cpu / alone.cpu });
  }
  print(
    `transcode to 480p against bare ffmpeg, ${seconds} s of 1080p30: wall × ${median(ratios.map(({ wall }) => wall))}, CPU × ${median(ratios.map(({ cpu }) => cpu))}`,
  );
}

/** Four rungs, sound, poster and sprite from one decode against a process for each. */
async function oneDecode(source: string, folder: string, print: (line: string) => void): Promise<void> {
  const rungs = ['1080p', '720p', '480p', '360p'];
  const together = await measure(() =>
    run(source, folder, { preset: 'hls', ladder: rungs, poster: true, sprite: true }),
  );
  const apart = await measure(async () => {
    for (const rung of rungs) await run(source, folder, { preset: 'hls', ladder: [rung], audio: false });
    await run(source, folder, { preset: 'm4a' });
    await ffmpeg([
      '-i',
      source,
      '-vf',
      'fps=2,thumbnail=20,scale=1280:-2',
      '-frames:v',
      '1',
      join(folder, 'poster.jpg'),
    ]);
    await ffmpeg(['-i', source, '-vf', 'fps=2,scale=160:90,tile=10x2', '-frames:v', '1', join(folder, 'sprite.jpg')]);
  });
  print(
    `ladder of ${rungs.length} + sound + poster + sprite, one decode against separate runs: CPU × ${(together.cpu / apart.cpu).toFixed(2)}, wall × ${(together.wall / apart.wall).toFixed(2)}`,
  );
}

/** A rung that plays before the others against all of them together: what it costs, and when somebody can begin to watch. */
async function firstRung(source: string, folder: string, print: (line: string) => void): Promise<void> {
  const ladder = async (params: object) => {
    const started = performance.now();
    let playable: number | undefined;
    const onReady = () => {
      playable ??= (performance.now() - started) / 1000;
    };
    const used = await measure(() => run(source, folder, { preset: 'hls', ...params }, onReady));
    return { ...used, playable: (playable ?? Number.NaN) / used.wall };
  };
  const together = await ladder({ firstRung: 'together' });
  const early = await ladder({ firstRung: 'early' });
  print(
    `first rung early against together, ladder auto of 1080p: CPU × ${(early.cpu / together.cpu).toFixed(2)}, wall × ${(early.wall / together.wall).toFixed(2)}, playable after ${early.playable.toFixed(2)} of its own wall time instead of ${together.playable.toFixed(2)}`,
  );
}

async function run(path: string, folder: string, params: object, onReady = () => {}): Promise<void> {
  const scratch = await mkdtemp(join(folder, 'task-'));
  await mkdir(scratch, { recursive: true });
  const input: InputFile = {
    path,
    bytes: (await stat(path)).size,
    mediaType: 'video/mp4',
    name: 'bench.mp4',
    reference: 'input',
  };
  const signal = AbortSignal.timeout(600_000);
  const task = { params: transcodeParams.parse(params), inputs: [input], scratch, name: 'bench', signal };
  await transcode({ ...task, progress: () => {}, emit: async () => {}, ready: async () => onReady() });
  await rm(scratch, { recursive: true, force: true });
}

function ffmpeg(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`ffmpeg exited with ${code}`))));
  });
}

async function measure(work: () => Promise<void>): Promise<{ wall: number; cpu: number }> {
  const [started, before] = [performance.now(), childrenCpu()];
  await work();
  return { wall: (performance.now() - started) / 1000, cpu: childrenCpu() - before };
}

/** User and system seconds of the children that have ended: fields 16 and 17 of /proc/self/stat (proc(5)). */
function childrenCpu(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

function median(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(2);
}
