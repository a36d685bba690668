/**
 * Video: what the farm adds to bare ffmpeg, and what one decode saves. Ratios within one run, because cores differ and are shared,
 * and in alternating order, because they change meanwhile. Bare ffmpeg gets the very arguments the farm gives it, read from /proc
 * while the farm works (Linux).
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type RunningFarm, startEmbeddedFarm } from '../test/support/farm-processes.ts';
import { catalog } from '../workers/catalog.ts';
import type { Process, Task } from '../workers/kind.ts';
import { transcodeParams } from '../workers/transcode/contract.ts';
import { planTask } from '../workers/transcode/plan-task.ts';
import { reachQuality } from '../workers/transcode/reach-quality.ts';
import type { Bench } from './bench.ts';

const seconds = Number(process.env.BENCH_SECONDS ?? 60);
const rounds = 3;
const ticksPerSecond = 100;

export const bench: Bench = async (print) => {
  const folder = await mkdtemp(join(tmpdir(), 'farm-bench-'));
  try {
    const source = join(folder, 'source.mp4');
    const picture = ['-f', 'lavfi', '-i', `testsrc2=s=1920x1080:r=30:d=${seconds},noise=alls=8:allf=t`];
    const sound = ['-f', 'lavfi', '-i', `sine=d=${seconds}`, '-c:a', 'aac'];
    const encode = ['-c:v', 'libx264', '-preset', 'veryfast', '-b:v', '8M', '-g', '60', '-pix_fmt', 'yuv420p'];
    await ffmpeg([...picture, ...sound, ...encode, source]);
    print(`source: ${seconds} s of 1080p30, 8 Mbit/s; ${availableParallelism()} cores`);
    await overBare(source, folder, print);
    await oneDecode(source, folder, print);
    await firstRung(source, folder, print);
    await theLook(source, folder, print);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** From the submission of a job to its success on a running farm (fetch, sniff, probe, encode, check, store) against its ffmpeg alone. */
async function overBare(source: string, folder: string, print: (line: string) => void): Promise<void> {
  const farm = await startEmbeddedFarm();
  try {
    const pid = farm.programs.get('farm')?.child.pid ?? 0;
    const upload = await farm.client.uploadFile(source, 'source.mp4');
    const watching = commandEndingIn('result.mp4', pid);
    const warm = runJob(farm, upload.id);
    const bare = rewrite(await watching, source, join(folder, 'bare.mp4'));
    await warm;
    const ratios: Cost[] = [];
    for (let round = 0; round < rounds; round++) {
      const theFarm = () => measure(() => runJob(farm, upload.id), pid);
      const alone = () => measure(() => ffmpeg(bare));
      const [first, second] = round % 2 === 0 ? [await theFarm(), await alone()] : [await alone(), await theFarm()];
      const [ours, theirs] = round % 2 === 0 ? [first, second] : [second, first];
      ratios.push({ wall: ours.wall / theirs.wall, cpu: ours.cpu / theirs.cpu });
      print(
        `  480p, round ${round + 1}: farm ${show(ours)}, bare ffmpeg ${show(theirs)}, wall × ${(ours.wall / theirs.wall).toFixed(3)}`,
      );
    }
    print(
      `job on a running farm against bare ffmpeg with the same arguments: wall × ${median(ratios.map(({ wall }) => wall))}, CPU × ${median(ratios.map(({ cpu }) => cpu))}`,
    );
  } finally {
    await farm.close();
  }
}

async function runJob(farm: RunningFarm, input: string): Promise<void> {
  const job = await farm.client.submit({ input, steps: { it: { kind: 'transcode', preset: 'mp4-480p' } } });
  const done = await farm.client.finished(job.id, 1_200_000);
  if (done.status !== 'succeeded') throw new Error(`the job ${done.status}: ${done.error?.message}`);
}

/** By one worker. */
const quick = { preset: 'hls', split: 'never' };

/** Four rungs, sound, poster and sprite from one decode against an ffmpeg process for each. */
async function oneDecode(source: string, folder: string, print: (line: string) => void): Promise<void> {
  const rungs = ['1080p', '720p', '480p', '360p'];
  const whole = { ...quick, firstRung: 'together', ladder: rungs, poster: true, sprite: true };
  const parts: [name: string, kind: string, params: object, ending: string][] = [
    ...rungs.map((rung): [string, string, object, string] => [
      rung,
      'transcode',
      { ...quick, ladder: [rung], audio: false },
      'playlist.m3u8',
    ]),
    ['sound', 'transcode', { ...quick, video: false }, 'playlist.m3u8'],
    ['poster', 'poster', { percent: 10 }, 'poster.jpg'],
    ['sprite', 'sprite', {}, 'sprite.jpg'],
  ];
  const together = () => measure(() => runKind('transcode', { params: whole, source, folder }), 'self');
  const apart = async (change = (command: readonly string[]) => command) => {
    let sum: Cost = { wall: 0, cpu: 0 };
    const lines: string[] = [];
    for (const [name, kind, params, ending] of parts) {
      const command = change(await captureCommand(kind, params, ending, source, folder));
      const target = await mkdtemp(join(folder, 'apart-'));
      const cost = await measure(() => ffmpeg(moveOutputs(command, source, target)));
      lines.push(`${name} ${cost.cpu.toFixed(1)}`);
      sum = { wall: sum.wall + cost.wall, cpu: sum.cpu + cost.cpu };
    }
    print(`  separate runs of bare ffmpeg, CPU s: ${lines.join(', ')}`);
    return sum;
  };
  const ratios: Cost[] = [];
  for (let round = 0; round < rounds; round++) {
    const early = round % 2 === 0 ? await together() : undefined;
    const many = await apart();
    const one = early ?? (await together());
    ratios.push({ wall: one.wall / many.wall, cpu: one.cpu / many.cpu });
    print(
      `  ladder, round ${round + 1}: farm ${show(one)}, separate ${show(many)}, CPU × ${(one.cpu / many.cpu).toFixed(3)}`,
    );
  }
  print(
    `ladder of ${rungs.length} + sound + poster + sprite, one decode against separate bare ffmpeg runs: CPU × ${median(ratios.map(({ cpu }) => cpu))}, wall × ${median(ratios.map(({ wall }) => wall))}`,
  );
  const [one, alike] = [await together(), await apart(byZimg)];
  print(
    `  the same with zimg in the separate runs, too (people scale with swscale): CPU × ${(one.cpu / alike.cpu).toFixed(3)}`,
  );
}

/** The scaler of the ladder in a command of one rung. */
function byZimg(command: readonly string[]): readonly string[] {
  return command.map((argument) =>
    argument.replace(/scale=(\d+:\d+):flags=lanczos:in_range=auto:out_range=tv/, 'zscale=$1:f=lanczos:threads=1'),
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
    const work = { params: { ...quick, ...params }, source, folder, onReady };
    const used = await measure(() => runKind('transcode', work));
    return { ...used, playable: (playable ?? Number.NaN) / used.wall };
  };
  const together = await ladder({ firstRung: 'together' });
  const early = await ladder({ firstRung: 'early' });
  print(
    `first rung early against together, ladder auto of 1080p: CPU × ${(early.cpu / together.cpu).toFixed(2)}, wall × ${(early.wall / together.wall).toFixed(2)}, playable after ${early.playable.toFixed(2)} of its own wall time instead of ${together.playable.toFixed(2)}`,
  );
}

const repeats = 15;

/** What `ladder: "auto"` spends on measuring the source before it begins, of the CPU of the whole job; of a long film, too. */
async function theLook(source: string, folder: string, print: (line: string) => void): Promise<void> {
  const long = join(folder, 'long.mp4');
  await ffmpeg(['-stream_loop', String(repeats - 1), '-i', source, '-c', 'copy', long]);
  const work = { params: { ...quick, firstRung: 'together' }, source, folder };
  const look = (file: string) => measure(() => runLook({ ...work, source: file }), 'self');
  const [ofMinute, ofLong] = [await look(source), await look(long)];
  const job = await measure(() => runKind('transcode', work), 'self');
  const share = (one: Cost, other: number) => `${((100 * one.cpu) / other).toFixed(1)} %`;
  print(
    `ladder auto, measuring the source: ${show(ofMinute)} of ${seconds} s, ${share(ofMinute, job.cpu)} of the CPU of the job (${show(job)}); ${show(ofLong)} of ${repeats * seconds} s, ${share(ofLong, repeats * (job.cpu - ofMinute.cpu) + ofLong.cpu)} (job by its length)`,
  );
}

/** As far as the plan of the ladder, and no further. */
async function runLook(work: Work): Promise<void> {
  const task = await taskOf(work, transcodeParams.parse(work.params));
  const { source, plan } = await planTask(task);
  const { video } = await reachQuality(task, source, plan, { deinterlace: 'none' });
  if (video?.measured === undefined) throw new Error('the ladder was not measured');
}

/** Starts a kind, reads the ffmpeg command it comes to, and ends it. */
async function captureCommand(
  kind: string,
  params: object,
  ending: string,
  source: string,
  folder: string,
): Promise<readonly string[]> {
  const abort = new AbortController();
  const watching = commandEndingIn(ending, process.pid);
  const running = runKind(kind, { params, source, folder, signal: abort.signal }).catch(() => {});
  const command = await watching;
  abort.abort();
  await running;
  return command;
}

/** The arguments of the first ffmpeg below a process whose output has this name, without the program itself. */
async function commandEndingIn(ending: string, ancestor: number): Promise<readonly string[]> {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      const argv = read(`/proc/${name}/cmdline`).split('\0').slice(0, -1);
      if (argv[0] === 'ffmpeg' && argv.at(-1)?.endsWith(ending) && parentsOf(Number(name)).includes(ancestor))
        return argv.slice(1);
    }
    await pause(2);
  }
  throw new Error(`no ffmpeg wrote ${ending}`);
}

function parentsOf(pid: number): number[] {
  const parent = Number(statFields(pid)[1] ?? 0);
  return parent > 1 ? [parent, ...parentsOf(parent)] : [];
}

/** Another input and another single output; the pipe of reports is closed. */
function rewrite(command: readonly string[], source: string, target: string): string[] {
  const input = command[command.indexOf('-i') + 1];
  const reporting = command.indexOf('-progress');
  const kept = command.filter((_, index) => reporting < 0 || (index !== reporting && index !== reporting + 1));
  return [...kept.map((argument) => (argument === input ? source : argument)).slice(0, -1), target];
}

/** Paths below the task's scratch become paths below `target`, folders included. */
function moveOutputs(command: readonly string[], source: string, target: string): string[] {
  const last = command.at(-1) ?? '';
  const folderOf = last.slice(0, last.lastIndexOf('/'));
  return rewrite(command, source, last).map((argument) => argument.replace(folderOf, target));
}

interface Work {
  readonly params: object;
  readonly source: string;
  readonly folder: string;
  readonly signal?: AbortSignal;
  readonly onReady?: () => void;
}

async function runKind(kind: string, work: Work): Promise<void> {
  const known = catalog[kind];
  if (known === undefined) throw new Error(`no kind ${kind}`);
  const process = (await known.load()) as unknown as Process<unknown>;
  const task = await taskOf(work, known.contract.params.parse(work.params));
  await process(task);
  await rm(task.scratch, { recursive: true, force: true });
}

async function taskOf<P>({ source, folder, signal, onReady }: Work, params: P): Promise<Task<P>> {
  const { size: bytes } = await stat(source);
  return {
    params,
    inputs: [{ path: source, bytes, mediaType: 'video/mp4', name: 'bench.mp4', reference: 'input' }],
    scratch: await mkdtemp(join(folder, 'task-')),
    name: 'bench',
    signal: signal ?? AbortSignal.timeout(1_200_000),
    progress: () => {},
    emit: async () => {},
    ready: async () => onReady?.(),
  };
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

/** `of`: this process itself with its children, another process with its, or (left out) only the children of this one. */
async function measure(work: () => Promise<void>, of?: number | 'self'): Promise<Cost> {
  const cpu = () => cpuSeconds(typeof of === 'number' ? of : process.pid, of !== undefined);
  const [started, before] = [performance.now(), cpu()];
  await work();
  return { wall: (performance.now() - started) / 1000, cpu: cpu() - before };
}

/** User and system seconds: fields 14 and 15 of /proc/PID/stat, and of the children that have ended, 16 and 17 (proc(5)). */
function cpuSeconds(pid: number, itself: boolean): number {
  const fields = statFields(pid);
  const ticks = (from: number) => Number(fields[from] ?? 0) + Number(fields[from + 1] ?? 0);
  return (ticks(13) + (itself ? ticks(11) : 0)) / ticksPerSecond;
}

/** From the third field, the state, on: the second may hold spaces. */
function statFields(pid: number): string[] {
  return read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const show = ({ wall, cpu }: Cost) => `${wall.toFixed(1)} s wall ${cpu.toFixed(1)} s CPU`;

function median(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(3);
}
