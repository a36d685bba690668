import { spawn } from 'node:child_process';

/** What one run of a media tool may use before the kernel stops it. */
export interface Limits {
  /** Address space; ffmpeg maps far more than it touches, so this is a ceiling against bombs, not a memory budget. */
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  /** Largest single file it may write. */
  readonly fileBytes: number;
}

/** 4 GiB held 4K HEVC in ten bits (reference: 1080p veryfast needs about 1 GiB of address space). */
export const defaultLimits: Limits = { memoryBytes: 4 * 1024 ** 3, cpuSeconds: 4 * 3600, fileBytes: 64 * 1024 ** 3 };

/** The program every media tool is started through: POSIX, present everywhere, and it can drop the environment. */
export const launcher = '/bin/sh';

/**
 * The arguments of `launcher` that start a program caged: an empty environment (no credentials inside a decoder), a process
 * group of its own, limits of the operating system, no network where the kernel lets us make a namespace, and its end when the
 * worker ends, kill -9 included. Every link of the chain execs the next, so the process keeps its id and the group has the same
 * one. Missing tools leave their link out.
 */
export async function cageArguments(limits: Limits): Promise<string[]> {
  const links = await findLinks();
  return [
    '-c',
    'exec env -i PATH="$PATH" HOME=/nonexistent LC_ALL=C.UTF-8 "$@"',
    'cage',
    ...(links.setsid ? ['setsid'] : []),
    ...(links.prlimit ? ['prlimit', ...limitFlags(limits), '--'] : []),
    ...(links.unshare ? ['unshare', '--map-root-user', '--net', '--'] : []),
    // Last: a change of credentials on the way would clear the signal (prctl(2), PR_SET_PDEATHSIG).
    ...(links.setpriv ? ['setpriv', '--pdeathsig', 'KILL', '--'] : []),
  ];
}

/** The CPU limit is soft (SIGXCPU, which can be told apart) five seconds before it is hard (SIGKILL). */
function limitFlags({ memoryBytes, cpuSeconds, fileBytes }: Limits): string[] {
  return [`--as=${memoryBytes}`, `--cpu=${cpuSeconds}:${cpuSeconds + 5}`, `--fsize=${fileBytes}`, '--core=0'];
}

export interface CageLinks {
  readonly setsid: boolean;
  readonly prlimit: boolean;
  readonly unshare: boolean;
  readonly setpriv: boolean;
}

let links: Promise<CageLinks> | undefined;

/** What this machine offers; found out once per process. Containers often forbid user namespaces. */
export function findLinks(): Promise<CageLinks> {
  links ??= Promise.all([
    works('setsid', ['true']),
    works('prlimit', ['true']),
    works('unshare', ['-rn', 'true']),
    works('setpriv', ['--pdeathsig', 'KILL', '--', 'true']),
  ]).then(([setsid, prlimit, unshare, setpriv]) => ({ setsid, prlimit, unshare, setpriv }));
  return links;
}

function works(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

/** Ends a caged program and whatever it started. Before the group exists (the first milliseconds) it ends the process itself. */
export function killCaged(pid: number, signal: NodeJS.Signals): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch {
      // No such group yet, or already gone.
    }
  }
}
