import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';

interface Measured {
  readonly code: number | null;
  /** Largest resident memory of the process, Node itself included (about 80 MB of it). */
  readonly peakBytes: number;
  /** User and system time of the process. */
  readonly cpuSeconds: number;
  readonly stderr: string;
}

/** The container's settings (infra/docker/Dockerfile); glibc keeps twice as much without them. */
const heap = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '100000' };

/** Runs `npm run step` in a process of its own, as a worker with one slot would, and tells what it used. */
export async function measureStep(
  kind: string,
  path: string,
  params: Readonly<Record<string, unknown>>,
): Promise<Measured> {
  const out = await mkdtemp(join(tmpdir(), 'farm-measure-'));
  const options = Object.entries(params).map(([name, value]) => `--${name}=${JSON.stringify(value)}`);
  try {
    return await measure('../../workers/step/main.ts', [kind, path, ...options, '--out', out]);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** Runs `resize` on one file once for each of `wishes`, all at once in one process, with `budgetBytes` for them together. */
export const measureSideBySide = (
  path: string,
  wishes: readonly Readonly<Record<string, unknown>>[],
  budgetBytes: number,
): Promise<Measured> =>
  measure('./steps-side-by-side.ts', [String(budgetBytes), path, ...wishes.map((wish) => JSON.stringify(wish))]);

async function measure(program: string, args: readonly string[]): Promise<Measured> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const main = fileURLToPath(new URL(program, import.meta.url));
  const imports = ['--import', tsx, '--import', new URL('./report-use.mjs', import.meta.url).href];
  const child = spawn(process.execPath, [...imports, main, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...heap },
  });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [stderr, use] = await Promise.all([text(child.stderr as Readable), text(child.stdio[3] as Readable)]);
  return { code: await ended, stderr, ...(JSON.parse(use) as { peakBytes: number; cpuSeconds: number }) };
}
