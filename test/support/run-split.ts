/** Plays the farm for a splitter: split, every part in a scratch of its own with only the bytes it reads, join. */
import { copyFile, mkdir, open, stat, truncate } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PartPlan, SplitPlan } from '../../shared/messages/split.ts';
import type { StoredOutput } from '../../shared/messages/stored-output.ts';
import type { InputFile, Output, Task } from '../../workers/kind.ts';
import type { PartResult, Splitter } from '../../workers/splitter.ts';

type Emitted = { readonly rendition: string; readonly outputs: readonly Output[] };

export interface SplitRun {
  readonly plan: SplitPlan;
  readonly parts: readonly PartResult[];
  readonly outputs: readonly Output[];
  readonly emitted: readonly Output[];
  readonly renditions: readonly Emitted[];
  /** Fractions each part reported. */
  readonly fractions: readonly (readonly number[])[];
  /** Bytes of the first input each part fetched. */
  readonly fetched: readonly number[];
  /** Where the join worked. */
  readonly scratch: string;
}

interface Wish<P> {
  readonly params: P;
  readonly inputs: readonly InputFile[];
  /** An empty folder. */
  readonly home: string;
  readonly name: string;
  readonly slots?: { readonly idle: number; readonly total: number };
  /** Watches how long each piece of work takes. */
  readonly around?: <T>(what: string, work: () => Promise<T>) => Promise<T>;
  /** Hears of the progress of each. */
  readonly onProgress?: (what: string, fraction: number) => void;
  /** How many parts are made at a time; default one. */
  readonly workers?: number;
}

/** null when the splitter will not split. */
export async function runSplit<P>(splitter: Splitter<P>, wish: Wish<P>): Promise<SplitRun | null> {
  const { slots = { idle: 4, total: 4 }, around = (_, work) => work(), workers = 1 } = wish;
  const start = await taskOf(wish, 'split', 'split', wish.inputs);
  const plan = await around('split', () => splitter.split({ ...start.task, slots }));
  if (plan === null) return null;
  const made: Made[] = [];
  const waiting = [...plan.parts.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      made[next[0]] = await makePart(splitter, wish, plan, next[0]);
  };
  await Promise.all(Array.from({ length: workers }, work));
  const parts = made.map(({ part }) => part);
  const { task, said } = await taskOf(wish, 'join', 'join', []);
  const facts = JSON.parse(JSON.stringify(plan.facts)) as SplitPlan['facts'];
  const outputs = await around('join', () => splitter.join({ ...task, parts, facts }));
  return {
    plan,
    parts,
    outputs,
    fractions: made.map(({ fractions }) => fractions),
    fetched: made.map(({ fetched }) => fetched),
    emitted: said.emitted,
    renditions: said.renditions,
    scratch: task.scratch,
  };
}

interface Made {
  readonly part: PartResult;
  readonly fractions: readonly number[];
  readonly fetched: number;
}

async function makePart<P>(splitter: Splitter<P>, wish: Wish<P>, plan: SplitPlan, index: number): Promise<Made> {
  const { around = (_, work) => work() } = wish;
  const sent = JSON.parse(JSON.stringify(plan.parts[index])) as PartPlan;
  const folder = join(wish.home, `part-${index}`);
  await mkdir(folder);
  const files = await Promise.all(
    wish.inputs.map((file, position) => fetchInput(file, sent.reads?.[position] ?? null, folder)),
  );
  const inputs = files.map(({ file }) => file);
  const { task, said } = await taskOf(wish, sent.name, `part-${index}-scratch`, inputs);
  const part = { ...sent, index, of: plan.parts.length };
  const outputs = await around(sent.name, () => splitter.part({ ...task, part }));
  return {
    part: { plan: sent, files: await Promise.all(outputs.map(stored)) },
    fractions: said.fractions,
    fetched: files[0]?.fetched ?? 0,
  };
}

async function taskOf<P>(
  { params, home, name, onProgress }: Wish<P>,
  what: string,
  folder: string,
  inputs: readonly InputFile[],
) {
  const scratch = join(home, folder);
  await mkdir(scratch);
  const said = { fractions: [] as number[], emitted: [] as Output[], renditions: [] as Emitted[] };
  const task: Task<P> = {
    ...{ params, inputs, scratch, name, signal: new AbortController().signal },
    progress: (fraction) => {
      said.fractions.push(fraction);
      onProgress?.(what, fraction);
    },
    emit: async (output) => void said.emitted.push(output),
    ready: async (rendition, outputs) => void said.renditions.push({ rendition, outputs }),
  };
  return { task, said };
}

/** A file of the same length with these bytes; the rest are holes. */
async function fetchInput(
  file: InputFile,
  ranges: readonly { readonly first: number; readonly last: number }[] | null,
  folder: string,
): Promise<{ file: InputFile; fetched: number }> {
  const path = join(folder, basename(file.path));
  if (ranges === null) {
    await copyFile(file.path, path);
    return { file: { ...file, path }, fetched: file.bytes };
  }
  const [from, to] = [await open(file.path), await open(path, 'w')];
  try {
    await truncate(path, file.bytes);
    for (const { first, last } of ranges) {
      const { buffer } = await from.read(Buffer.alloc(last - first + 1), 0, last - first + 1, first);
      await to.write(buffer, 0, buffer.length, first);
    }
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
  return { file: { ...file, path }, fetched: ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0) };
}

async function stored(output: Output): Promise<PartResult['files'][number]> {
  const { name, mediaType, path } = output;
  const { size: bytes } = await stat(path);
  const kept = JSON.parse(
    JSON.stringify({ ...output.facts, name, mediaType, bytes, key: name, sha256: '' }),
  ) as StoredOutput;
  return { path, bytes, mediaType, name, reference: name, output: kept };
}
