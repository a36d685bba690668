import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Two private directories of one run: where inputs are fetched to, and the empty one the processor writes in. */
export interface Scratch {
  readonly inputs: string;
  readonly work: string;
  remove(): Promise<void>;
}

/** Names tell whose they are, so that several workers can share a root: `task-<host>.<pid>.<random>`. */
const ownPrefix = `task-${hostname()}.`;

export async function createScratch(root: string): Promise<Scratch> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  const base = await mkdtemp(join(root, `${ownPrefix}${process.pid}.`));
  const scratch = { inputs: join(base, 'inputs'), work: join(base, 'work') };
  await mkdir(scratch.inputs);
  await mkdir(scratch.work);
  return { ...scratch, remove: () => rm(base, { recursive: true, force: true }) };
}

/** Removes what killed workers of this host left behind. */
export async function sweepScratch(root: string): Promise<void> {
  const entries = await readdir(root).catch(() => []);
  const leftovers = entries.filter(
    (entry) => entry.startsWith(ownPrefix) && !isAlive(Number(entry.slice(ownPrefix.length).split('.')[0])),
  );
  await Promise.all(leftovers.map((entry) => rm(join(root, entry), { recursive: true, force: true })));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
