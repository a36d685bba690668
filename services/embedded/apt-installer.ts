import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

export type Install = (packages: readonly string[]) => Promise<void>;

/** apt, when this is root on Debian or Ubuntu; undefined elsewhere. Failing to install is for the caller to notice. */
export async function aptInstaller(): Promise<Install | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release) ? install : undefined;
}

const install: Install = async (packages) => {
  await run('apt-get', ['update', '-qq']);
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages]);
};

function run(command: string, commandArguments: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn('env', ['DEBIAN_FRONTEND=noninteractive', command, ...commandArguments], { stdio: 'ignore' });
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
}
