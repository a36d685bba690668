import { execFile } from 'node:child_process';
import { readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const patienceMs = { fast: 8000, immediate: 5000 };

/**
 * Stops the postmaster that a killed farm left behind on this cluster, and removes a lock file whose process is gone
 * (after a restart of the machine its number may belong to anybody). Returns the pid it stopped.
 */
export async function endLeftoverPostgres(clusterDir: string): Promise<number | undefined> {
  const lock = join(clusterDir, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(lock, 'utf8').catch(() => ''), 10);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  if (!(await isPostmasterOf(pid, clusterDir))) {
    await rm(lock, { force: true });
    return undefined;
  }
  await endPostmaster(pid, () => isPostmasterOf(pid, clusterDir));
  return pid;
}

/**
 * SIGINT is PostgreSQL's fast shutdown (disconnects everybody), SIGQUIT the immediate one (recovers at the next start).
 * `isAlive` decides, because a dead process whose new parent does not reap it still takes signals.
 */
export async function endPostmaster(pid: number, isAlive: () => Promise<boolean>): Promise<void> {
  signal(pid, 'SIGINT');
  if (await endsWithin(patienceMs.fast, isAlive)) return;
  signal(pid, 'SIGQUIT');
  if (!(await endsWithin(patienceMs.immediate, isAlive))) throw new Error(`PostgreSQL (process ${pid}) does not stop.`);
}

async function isPostmasterOf(pid: number, clusterDir: string): Promise<boolean> {
  if (process.platform === 'linux') return (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === clusterDir;
  const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.includes(clusterDir);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself in between.
  }
}

async function endsWithin(limitMs: number, isAlive: () => Promise<boolean>): Promise<boolean> {
  const until = Date.now() + limitMs;
  while (await isAlive()) {
    if (Date.now() > until) return false;
    await wait(20);
  }
  return true;
}
