import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Contract, Tool } from '../../workers/kind.ts';
import { missingTools } from '../../workers/missing-tools.ts';
import type { KindAvailability } from '../api/start-api.ts';

/** The Debian package that brings each program. */
const packages: Readonly<Record<Tool, string>> = {
  ffmpeg: 'ffmpeg',
  ffprobe: 'ffmpeg',
  pdftoppm: 'poppler-utils',
  pdftocairo: 'poppler-utils',
  pdftotext: 'poppler-utils',
  pdfimages: 'poppler-utils',
  pdfinfo: 'poppler-utils',
  qpdf: 'qpdf',
};

interface ToolOptions {
  readonly searchPath: string;
  readonly print: (line: string) => void;
}

/**
 * Finds out which kinds can run here. Missing programs are installed through apt when this is root on Debian or Ubuntu;
 * otherwise the kinds that need them are off and one line says how to switch them on.
 */
export async function ensureTools(contracts: readonly Contract[], options: ToolOptions): Promise<KindAvailability> {
  const missing = await missingPackages(contracts, options.searchPath);
  if (missing.length > 0 && (await canInstall())) {
    options.print(`Installing ${missing.join(' ')} through apt (once, needs a minute) …`);
    await install(missing);
  }
  const stillMissing = await missingPackages(contracts, options.searchPath);
  const availability = await Promise.all(contracts.map((contract) => judge(contract, options.searchPath)));
  const off = availability.flatMap(([kind, state]) => (state.available ? [] : [kind]));
  if (off.length > 0) {
    options.print(
      `Switched off: ${off.join(', ')}. To switch on, install ${stillMissing.join(' ')} (Debian: apt-get install ${stillMissing.join(' ')}) and start again.`,
    );
  }
  return new Map(availability);
}

async function missingPackages(contracts: readonly Contract[], searchPath: string): Promise<readonly string[]> {
  const tools = await Promise.all(contracts.map((contract) => missingTools(contract, searchPath)));
  return [...new Set(tools.flat().map((tool) => packages[tool]))];
}

async function judge(contract: Contract, searchPath: string) {
  const missing = await missingTools(contract, searchPath);
  const reason = `This farm cannot run ${contract.kind}: ${missing.join(' and ')} is not installed. Install ${missing.map((tool) => packages[tool]).join(' ')} and start the farm again.`;
  return [
    contract.kind,
    missing.length === 0 ? ({ available: true } as const) : ({ available: false, reason } as const),
  ] as const;
}

async function canInstall(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
}

/** Failing to install is no fault of the farm: the kinds stay off and the reason is printed by the caller. */
async function install(names: readonly string[]): Promise<void> {
  await run('apt-get', ['update', '-qq']);
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names]);
}

function run(command: string, commandArguments: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn('env', ['DEBIAN_FRONTEND=noninteractive', command, ...commandArguments], { stdio: 'ignore' });
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
}
