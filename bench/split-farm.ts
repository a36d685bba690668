/** A farm without queues and store for the benchmarks of splits: workers are processes, files stay where they are. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SplitPlan } from '../shared/messages/split.ts';
import type { Output } from '../workers/kind.ts';
import { transcodeParams } from '../workers/transcode/contract.ts';
import type { Done, Order } from './split-worker.ts';

export interface Piece {
  readonly name: string;
  readonly cpu: number;
  readonly wall: number;
}

export interface Worker {
  readonly child: ChildProcess;
  readonly pinned: Promise<void>;
}

/** What a worker starts has its core too; undefined: any. */
export function startWorker(core?: number): Worker {
  const child = fork(new URL('./split-worker.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
  const pinned =
    core === undefined ? Promise.resolve() : runTool('taskset', ['-a', '-c', '-p', String(core), String(child.pid)]);
  return { child, pinned };
}

export async function ask<T>(
  { child, pinned }: Worker,
  order: Order,
): Promise<{ result: T; piece: Omit<Piece, 'name'> }> {
  await pinned;
  child.send(order);
  const [{ result, cpu, wall, error }] = (await once(child, 'message')) as [Done];
  if (error !== undefined) throw new Error(error);
  return { result: result as T, piece: { cpu, wall } };
}

export async function taskOf(source: string, folder: string, params: object) {
  const input = {
    path: source,
    bytes: (await stat(source)).size,
    mediaType: 'video/mp4',
    name: 'bench.mp4',
    reference: 'input',
  };
  const scratch = await mkdtemp(join(folder, 'task-'));
  return { params: transcodeParams.parse(params), inputs: [input], scratch, name: 'bench' };
}

type TaskOf = () => ReturnType<typeof taskOf>;

/** @throws Error when it is not split. */
export async function askForPlan(worker: Worker, task: TaskOf, workers: number) {
  const slots = { idle: workers, total: workers };
  const split = await ask<SplitPlan | null>(worker, { what: 'split', task: { ...(await task()), slots } });
  if (split.result === null) throw new Error('the clip was not split');
  return { plan: split.result, piece: split.piece };
}

/** The parts to whichever worker is free, in the order of the plan. */
export async function askForParts(workers: readonly Worker[], plan: SplitPlan, task: TaskOf) {
  const waiting = plan.parts.map((part, index) => ({ ...part, index, of: plan.parts.length }));
  const made: { piece: Piece; plan: SplitPlan['parts'][number]; files: unknown[] }[] = [];
  const work = async (worker: Worker) => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const done = await ask<readonly Output[]>(worker, { what: 'part', task: { ...(await task()), part } });
      const files = await Promise.all(done.result.map(stored));
      made[part.index] = { piece: { name: part.name, ...done.piece }, plan: part, files };
    }
  };
  await Promise.all(workers.map(work));
  return made;
}

export async function askToJoin(
  worker: Worker,
  task: TaskOf,
  { plan, made }: { readonly plan: SplitPlan; readonly made: Awaited<ReturnType<typeof askForParts>> },
) {
  const parts = made.map(({ files }, index) => ({ plan: plan.parts[index], files }));
  return await ask(worker, { what: 'join', task: { ...(await task()), inputs: [], parts, facts: plan.facts } });
}

async function stored({ path, name, mediaType, facts }: Output): Promise<unknown> {
  const { size: bytes } = await stat(path);
  return {
    path,
    name,
    mediaType,
    bytes,
    reference: name,
    output: { ...facts, name, mediaType, bytes, key: name, sha256: '' },
  };
}

export function ffmpeg(args: readonly string[], core?: number): Promise<void> {
  const all = ['-v', 'error', '-nostdin', '-y', ...args];
  return core === undefined ? runTool('ffmpeg', all) : runTool('taskset', ['-c', String(core), 'ffmpeg', ...all]);
}

function runTool(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${command} exited with ${code}`))));
  });
}
