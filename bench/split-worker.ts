/** A worker for bench/split.ts: does one piece of work a message, on whatever core it was pinned to. */
import { readFileSync } from 'node:fs';
import type { Output, Task } from '../workers/kind.ts';
import type { JoinTask, PartTask, SplitTask } from '../workers/splitter.ts';
import type { TranscodeParams } from '../workers/transcode/params.ts';
import { process as transcode } from '../workers/transcode/process.ts';
import { splitter } from '../workers/transcode/split/splitter.ts';

export interface Order {
  readonly what: 'whole' | 'split' | 'part' | 'join';
  /** A task of that kind, without what cannot be sent. */
  readonly task: object;
}

export interface Done {
  readonly result: unknown;
  readonly cpu: number;
  readonly wall: number;
  readonly error?: string;
}

const ticksPerSecond = 100;

process.on('message', async ({ what, task }: Order) => {
  const [started, before] = [performance.now(), cpuSeconds()];
  const done = await perform(what, task).then(
    (result) => ({ result }),
    (error: unknown) => ({ result: undefined, error: String(error) }),
  );
  process.send?.({ ...done, cpu: cpuSeconds() - before, wall: (performance.now() - started) / 1000 } satisfies Done);
});

function perform(what: Order['what'], sent: object): Promise<unknown> {
  const silent = { progress: () => {}, emit: async (_: Output) => {}, ready: async () => {} };
  const task = { ...sent, ...silent, signal: new AbortController().signal };
  if (what === 'whole') return transcode(task as unknown as Task<TranscodeParams>);
  if (what === 'split') return splitter.split(task as unknown as SplitTask<TranscodeParams>);
  if (what === 'part') return splitter.part(task as unknown as PartTask<TranscodeParams>);
  return splitter.join(task as unknown as JoinTask<TranscodeParams>);
}

/** User and system seconds, of this process and of its children that have ended: fields 14 to 17 of proc(5)'s stat. */
function cpuSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0) / ticksPerSecond;
}
