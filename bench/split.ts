/**
 * One video on many workers: CPU seconds of the longest chain of work against one worker, the wall time of two pinned workers against
 * two bare ffmpeg runs of half the clip each in the same run, and what N workers would make of the measured pieces. Linux (taskset).
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { longFilm } from './long-film.ts';
import {
  ask,
  askForParts,
  askForPlan,
  askToJoin,
  ffmpeg,
  type Piece,
  startWorker,
  taskOf,
  type Worker,
} from './split-farm.ts';

const seconds = 120;
const cores = [0, 1];
const farmSizes = [1, 2, 4, 8, 16, 32];

interface Run {
  readonly split: Piece;
  readonly parts: readonly Piece[];
  readonly join: Piece;
  readonly wall: number;
}

export const bench: Bench = async (print) => {
  const folder = await mkdtemp(join(tmpdir(), 'farm-bench-'));
  const workers = cores.map((core) => startWorker(core));
  try {
    const source = join(folder, 'source.mp4');
    await ffmpeg([...sourceOptions, source]);
    const whole = await runWhole(workers, source, folder);
    const run = await runPieces(workers, source, folder, 30);
    const bare = await runHalves(source, folder);
    report(whole, run, bare, print);
    simulate(whole, await runPieces(workers, source, folder, 10), print);
    await longFilm(folder, print);
  } finally {
    for (const { child } of workers) child.kill();
    await rm(folder, { recursive: true, force: true });
  }
};

const sourceOptions = [
  ...['-f', 'lavfi', '-i', `testsrc2=s=1280x720:r=25:d=${seconds},noise=alls=8:allf=t`],
  ...['-f', 'lavfi', '-i', `sine=d=${seconds}`],
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '6M', '-g', '50', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
];

const preset = 'mp4-720p';

/** Once on each core at the same time: a core whose twin is busy does less in a second of CPU, and so it is with the pieces. */
async function runWhole(workers: readonly Worker[], source: string, folder: string): Promise<Piece> {
  const runs = await Promise.all(
    workers.map(async (worker) =>
      ask(worker, { what: 'whole', task: await taskOf(source, folder, { preset, split: 'never' }) }),
    ),
  );
  const mean = (values: readonly number[]) => sum(values) / values.length;
  return {
    name: 'whole',
    cpu: mean(runs.map(({ piece }) => piece.cpu)),
    wall: mean(runs.map(({ piece }) => piece.wall)),
  };
}

/** Split, the parts to whichever worker is free, join: what the farm does, without its queues and its store. */
async function runPieces(
  workers: readonly Worker[],
  source: string,
  folder: string,
  chunkSeconds: number,
): Promise<Run> {
  const started = performance.now();
  const task = () => taskOf(source, folder, { preset, split: 'always', chunkSeconds });
  const [first] = workers as readonly [Worker];
  const split = await askForPlan(first, task, workers.length);
  const made = await askForParts(workers, split.plan, task);
  const joined = await askToJoin(first, task, { plan: split.plan, made });
  const wall = (performance.now() - started) / 1000;
  const named = (name: string, piece: Omit<Piece, 'name'>): Piece => ({ name, ...piece });
  return {
    split: named('split', split.piece),
    parts: made.map(({ piece }) => piece),
    join: named('join', joined.piece),
    wall,
  };
}

/** Two ffmpeg that know nothing of each other, each with half the clip and a core: as fast as two cores can be. */
async function runHalves(source: string, folder: string): Promise<number> {
  const started = performance.now();
  await mkdir(join(folder, 'halves'));
  const half = String(seconds / 2);
  const encode = [
    '-c:v',
    'libx264',
    '-threads',
    '2',
    '-preset',
    'veryfast',
    '-crf',
    '23',
    '-c:a',
    'aac',
    '-b:a',
    '128k',
  ];
  await Promise.all(
    cores.map((core) =>
      ffmpeg(
        ['-threads', '2', '-ss', String((core * seconds) / 2), '-t', half, '-i', source]
          .concat(['-vf', 'scale=1280:720:flags=lanczos,format=yuv420p', ...encode])
          .concat(['-movflags', '+faststart', join(folder, 'halves', `${core}.mp4`)]),
        core,
      ),
    ),
  );
  return (performance.now() - started) / 1000;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const fixed = (value: number) => value.toFixed(1);

/** The parts in the order of the plan, each to the worker that is free first. */
function schedule(parts: readonly number[], workers: number): number {
  const busy = Array.from({ length: workers }, () => 0);
  for (const part of parts) {
    const next = busy.indexOf(Math.min(...busy));
    busy[next] = (busy[next] ?? 0) + part;
  }
  return Math.max(...busy);
}

function criticalPath({ split, parts, join: joined }: Run, workers: number): number {
  return (
    split.cpu +
    schedule(
      parts.map(({ cpu }) => cpu),
      workers,
    ) +
    joined.cpu
  );
}

function report(whole: Piece, run: Run, bare: number, print: (line: string) => void): void {
  const pieces = [run.split, ...run.parts, run.join];
  print(
    `${seconds} s of 720p25, seconds of CPU: whole ${fixed(whole.cpu)}; ${pieces.map(({ name, cpu }) => `${name} ${fixed(cpu)}`).join(', ')}`,
  );
  const [path, all] = [criticalPath(run, cores.length), sum(pieces.map(({ cpu }) => cpu))];
  print(
    `two one-core workers against one: ${(whole.cpu / path).toFixed(2)} × by CPU on the critical path (CPU in all × ${(all / whole.cpu).toFixed(2)}), ${(whole.wall / run.wall).toFixed(2)} × by wall time`,
  );
  print(
    `two one-core workers ${fixed(run.wall)} s, two bare pinned ffmpeg with half the clip each ${fixed(bare)} s: wall × ${(run.wall / bare).toFixed(2)}`,
  );
}

function simulate(whole: Piece, run: Run, print: (line: string) => void): void {
  print(`simulation from the measured CPU of ${run.parts.length} parts (10 s chunks):`);
  for (const workers of farmSizes) {
    const path = criticalPath(run, workers);
    const fixedShare = (run.split.cpu + run.join.cpu) / path;
    print(
      `  ${String(workers).padStart(2)} workers ${fixed(path).padStart(6)} s, ${(whole.cpu / path).toFixed(2).padStart(5)} ×; split and join are ${Math.round(fixedShare * 100)} % of it`,
    );
  }
  const longest = run.parts.reduce((most, part) => (part.cpu > most.cpu ? part : most));
  print(
    `  it ends at split + the longest part (${longest.name}, ${fixed(longest.cpu)} s) + join = ${fixed(run.split.cpu + longest.cpu + run.join.cpu)} s: shorter chunks or a longer video scale further`,
  );
}
