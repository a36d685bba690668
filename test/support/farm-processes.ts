/** The farm as an operator runs it: real processes, started by the commands of the README. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { kindNames } from '../../workers/catalog.ts';
import { createFarmClient, type FarmClient } from './farm-client.ts';
import { freshBucket, freshDatabase, freshVhost, type Servers, useServers } from './servers.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export interface Program {
  readonly child: ChildProcess;
  /** Everything it printed so far, both streams. */
  output(): string;
  /** Ends it with a signal; resolves with its exit code (null when the signal killed it). */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** The first line, past or to come, that fits. */
  line(pattern: RegExp, timeoutMs?: number): Promise<string>;
}

export function startProgram(entry: string, variables: Variables, argv: readonly string[] = []): Program {
  const child = spawn(process.execPath, ['--import', 'tsx', entry, ...argv], {
    env: { ...process.env, ...variables } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const keep = (line: string) => {
    lines.push(line);
    for (const listener of listeners) listener();
  };
  createInterface({ input: child.stdout }).on('line', keep);
  createInterface({ input: child.stderr }).on('line', keep);
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    child,
    output: () => lines.join('\n'),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return await exited;
    },
    line: (pattern, timeoutMs = 60_000) =>
      new Promise((resolve, reject) => {
        const fail = (why: string) => {
          listeners.delete(check);
          reject(new Error(`${entry} ${why} before it printed ${pattern}:\n${lines.slice(-30).join('\n')}`));
        };
        const timer = setTimeout(() => fail(`took ${timeoutMs} ms`), timeoutMs);
        const check = () => {
          const found = lines.find((line) => pattern.test(line));
          if (found === undefined) return;
          clearTimeout(timer);
          listeners.delete(check);
          resolve(found);
        };
        listeners.add(check);
        check();
        exited.then((code) => {
          clearTimeout(timer);
          fail(`exited with ${code}`);
        });
      }),
  };
}

export interface RunningFarm {
  readonly client: FarmClient;
  /** The environment its parts share; for starting more of them. */
  readonly variables: Variables;
  readonly programs: Map<string, Program>;
  start(name: string, entry: string, variables?: Variables, argv?: readonly string[]): Program;
  close(): Promise<void>;
}

const key = 'test-key-0123456789abcdef';
const common: Variables = {
  FARM_API_KEY: key,
  FARM_OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
  FARM_RETRY_DELAYS_MS: '300,600,1200,2400',
};

/** `npm start`: everything in one process on embedded parts. */
export async function startEmbeddedFarm(
  variables: Variables = {},
): Promise<RunningFarm & { readonly dataDir: string }> {
  const dataDir = variables.FARM_DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'farm-e2e-')));
  const port = await freePort();
  const farm = createFarm({ ...common, FARM_DATA_DIR: dataDir, FARM_PORT: String(port), ...variables }, port);
  farm.start('farm', 'services/embedded/main.ts');
  await readyOrClosed(farm);
  const stopPrograms = farm.close;
  return Object.assign(farm, {
    dataDir,
    close: async () => {
      await stopPrograms();
      if (variables.FARM_DATA_DIR === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  });
}

const imageKinds = ['resize', 'inspect', 'contact-sheet', 'deep-zoom'];
const imageWorker: Variables = { FARM_WORKER_KINDS: imageKinds.join(), FARM_WORKER_CONCURRENCY: '2' };
/** All other kinds: whichever there are, the real farm has a worker for it. */
export const mediaWorker: Variables = {
  FARM_WORKER_KINDS: kindNames.filter((kind) => !imageKinds.includes(kind)).join(),
  FARM_WORKER_CONCURRENCY: '2',
};

/** Separate processes on a private vhost of RabbitMQ, a private database and a private bucket of Ceph. */
export async function startRealFarm(variables: Variables = {}, servers: Servers = useServers()): Promise<RunningFarm> {
  const fresh = [freshDatabase(servers), freshVhost(servers), freshBucket(servers), freePort()] as const;
  const [database, vhost, bucket, port] = await Promise.all(fresh);
  const shared = {
    FARM_BROKER_URL: vhost.url,
    FARM_DATABASE_URL: database.url,
    FARM_STORE_URL: bucket.url,
    ...bucket.environment,
  };
  const scratch = await mkdtemp(join(tmpdir(), 'farm-scratch-'));
  const farm = createFarm(
    { ...common, ...shared, FARM_SCRATCH_DIR: scratch, FARM_PORT: String(port), ...variables },
    port,
  );
  farm.start('api', 'services/api/main.ts');
  farm.start('orchestrator', 'services/orchestrator/main.ts');
  farm.start('notifier', 'services/notifier/main.ts');
  farm.start('worker-image', 'workers/main.ts', imageWorker);
  farm.start('worker-media', 'workers/main.ts', mediaWorker);
  await readyOrClosed(farm);
  const stopPrograms = farm.close;
  return Object.assign(farm, {
    close: async () => {
      await stopPrograms();
      await Promise.all([database.drop(), vhost.drop(), rm(scratch, { recursive: true, force: true })]);
    },
  });
}

function createFarm(variables: Variables, port: number): RunningFarm {
  const programs = new Map<string, Program>();
  const started: Program[] = [];
  const farm: RunningFarm = {
    client: createFarmClient(`http://127.0.0.1:${port}`, variables.FARM_API_KEY ?? key),
    variables,
    programs,
    start: (name, entry, more = {}, argv = []) => {
      const program = startProgram(entry, { ...variables, ...more }, argv);
      programs.set(name, program);
      started.push(program);
      return program;
    },
    // All that were ever started: a name may have been given anew while its first bearer still ran.
    close: () => stopAll(started),
  };
  return farm;
}

async function stopAll(programs: readonly Program[]): Promise<void> {
  const running = programs.filter(({ child }) => child.exitCode === null && child.signalCode === null);
  await Promise.all(running.map((program) => program.stop()));
}

/** A farm that does not come up leaves no process behind. */
async function readyOrClosed(farm: RunningFarm): Promise<void> {
  await ready(farm).catch(async (error) => {
    await farm.close();
    throw error;
  });
}

/** Waits for `GET /readyz` = 200, the sign the contract gives. */
export async function ready(farm: RunningFarm, timeoutMs = 90_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last = 'no answer';
  while (Date.now() < deadline) {
    try {
      const response = await fetch(new URL('/readyz', farm.client.address));
      if (response.status === 200) return;
      last = await response.text();
    } catch (error) {
      last = String(error);
    }
    const dead = [...farm.programs].find(([, program]) => program.child.exitCode !== null);
    if (dead) throw new Error(`${dead[0]} exited with ${dead[1].child.exitCode}:\n${dead[1].output()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const printed = [...farm.programs]
    .map(([name, program]) => `--- ${name}\n${program.output().slice(-3000)}`)
    .join('\n');
  throw new Error(`the farm was not ready within ${timeoutMs} ms (${last})\n${printed}`);
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

export const randomKey = () => `test-${randomBytes(16).toString('hex')}`;
