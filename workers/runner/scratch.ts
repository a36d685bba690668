import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Two private directories of one run: where inputs are fetched to, and the empty one the processor writes in. */
export interface Scratch {
  readonly inputs: string;
  readonly work: string;
  remove(): Promise<void>;
}

const prefix = 'task-';

export async function createScratch(root: string): Promise<Scratch> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  const base = await mkdtemp(join(root, prefix));
  const scratch = { inputs: join(base, 'inputs'), work: join(base, 'work') };
  await mkdir(scratch.inputs);
  await mkdir(scratch.work);
  return { ...scratch, remove: () => rm(base, { recursive: true, force: true }) };
}

/** What a killed worker left behind; called once at start, when nobody else uses this root. */
export async function sweepScratch(root: string): Promise<void> {
  const entries = await readdir(root).catch(() => []);
  const leftovers = entries.filter((entry) => entry.startsWith(prefix));
  await Promise.all(leftovers.map((entry) => rm(join(root, entry), { recursive: true, force: true })));
}
