/**
 * A film of three hours with a tiny picture: what its parts read of it, by container, and the memory of those who split and join it,
 * beside that of ten minutes. The memory is the highest of the worker itself and of the largest program it starts. Linux (/proc).
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SplitPlan } from '../shared/messages/split.ts';
import { descendants, peakKiB } from './peak-memory.ts';
import { askForParts, askForPlan, askToJoin, ffmpeg, startWorker, taskOf, type Worker } from './split-farm.ts';

const [shortMinutes, longMinutes] = [10, 180];
type Print = (line: string) => void;

export async function longFilm(folder: string, print: Print): Promise<void> {
  await measureReads(folder, print);
  await measureMemory(folder, print);
}

const encode = [
  '-c:v',
  'libx264',
  '-preset',
  'ultrafast',
  '-g',
  '50',
  '-bf',
  '2',
  '-pix_fmt',
  'yuv420p',
  '-c:a',
  'aac',
];

/** One minute is encoded, and repeated without encoding. */
async function film(folder: string, name: string, { minutes, noise }: { minutes: number; noise: number }) {
  const [minute, path] = [join(folder, 'minute.mp4'), join(folder, name)];
  const sources = ['testsrc2=s=64x36:r=25:d=60', 'sine=d=60:r=8000'].flatMap((source) => ['-f', 'lavfi', '-i', source]);
  const grain = noise === 0 ? [] : ['-vf', `noise=alls=${noise}:allf=t`];
  await ffmpeg([...sources, ...grain, ...encode, minute]);
  await ffmpeg(['-stream_loop', String(minutes - 1), '-i', minute, '-c', 'copy', path]);
  return path;
}

const containers: readonly (readonly [name: string, file: string, options: readonly string[]])[] = [
  ['MP4', 'film.mp4', []],
  ['fragmented MP4', 'fragments.mp4', ['-movflags', '+frag_keyframe+empty_moov+default_base_moof']],
  ['Matroska', 'film.mkv', []],
  ['Matroska without cues', 'live.mkv', ['-live', '1']],
  ['MPEG-TS', 'film.ts', []],
];

async function measureReads(folder: string, print: Print): Promise<void> {
  const source = await film(folder, 'source.mp4', { minutes: longMinutes, noise: 20 });
  print(`what the parts of ${longMinutes} minutes read (chunks of 30 s, 1/${longMinutes * 2} of the film each):`);
  for (const [name, file, options] of containers) {
    const path = join(folder, file);
    await ffmpeg(['-i', source, '-map', '0', '-c', 'copy', ...options, path]);
    const { bytes, shares } = await readShares(path, folder);
    const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    print(
      `  ${name.padEnd(22)} ${Math.round(bytes / 1e6)} MB: ${percent(mean)} of it on average, ${percent(Math.max(...shares))} at most, all ${shares.length} chunks ${(mean * shares.length).toFixed(2)} × the file; the sound reads it all`,
    );
  }
}

async function readShares(path: string, folder: string) {
  const { size: bytes } = await stat(path);
  const params = { split: 'always', chunkSeconds: 30 };
  const { plan } = await inWorker((worker) => askForPlan(worker, () => taskOf(path, folder, params), 2));
  const chunks = plan.parts.filter(({ name }) => name.startsWith('chunk'));
  const shares = chunks.map(
    ({ reads }) => sum(reads?.[0]?.map(({ first, last }) => last - first + 1) ?? [bytes]) / bytes,
  );
  return { bytes, shares };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const results: readonly (readonly [name: string, params: object])[] = [
  ['file', {}],
  ['stream', { container: 'hls', ladder: ['240p'] }],
];

async function measureMemory(folder: string, print: Print): Promise<void> {
  for (const minutes of [shortMinutes, longMinutes]) {
    const path = await film(folder, `plain-${minutes}.mp4`, { minutes, noise: 0 });
    for (const [name, wished] of results) {
      const params = { ...wished, split: 'always', chunkSeconds: 60, video: { speed: 'fastest' } };
      const task = () => taskOf(path, folder, params);
      const split = await watched((worker) => askForPlan(worker, task, 2));
      const made = await partsOf(split.result.plan, task);
      const joined = await watched((worker) => askToJoin(worker, task, { plan: split.result.plan, made }));
      print(
        `${String(minutes).padStart(3)} minutes to a ${name}, ${minutes * 60 * 25} frames, ${made.length} parts: memory of the split ${said(split)}, of the join ${said(joined)}`,
      );
    }
  }
}

async function partsOf(plan: SplitPlan, task: () => ReturnType<typeof taskOf>) {
  const workers = [startWorker(), startWorker()];
  try {
    return await askForParts(workers, plan, task);
  } finally {
    for (const { child } of workers) child.kill();
  }
}

async function inWorker<T>(work: (worker: Worker) => Promise<T>): Promise<T> {
  const worker = startWorker();
  try {
    return await work(worker);
  } finally {
    worker.child.kill();
  }
}

interface Watched<T> {
  readonly result: T;
  readonly workerKiB: number;
  readonly toolKiB: number;
}

const said = ({ workerKiB, toolKiB }: Watched<unknown>) =>
  `${Math.round(workerKiB / 1024)} MiB (its largest tool ${Math.round(toolKiB / 1024)})`;

/** In a worker of its own, so that nothing of before counts. */
function watched<T>(work: (worker: Worker) => Promise<T>): Promise<Watched<T>> {
  return inWorker(async (worker) => {
    const pid = worker.child.pid ?? 0;
    let toolKiB = 0;
    const timer = setInterval(() => {
      for (const child of descendants(pid)) toolKiB = Math.max(toolKiB, peakKiB(child));
    }, 20);
    try {
      const result = await work(worker);
      return { result, workerKiB: peakKiB(pid), toolKiB };
    } finally {
      clearInterval(timer);
    }
  });
}
