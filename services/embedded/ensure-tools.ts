import type { Contract, Tool } from '../../workers/kind.ts';
import { missingTools } from '../../workers/missing-tools.ts';
import type { KindAvailability } from '../api/start-api.ts';
import type { Install } from './apt-installer.ts';

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
  /** undefined: nothing can be installed by us. */
  readonly install: Install | undefined;
}

/**
 * Finds out which kinds can run here. Missing programs are installed where we may; otherwise, or when that fails, the
 * kinds that need them are off and one line says how to switch them on.
 */
export async function ensureTools(contracts: readonly Contract[], options: ToolOptions): Promise<KindAvailability> {
  const missing = await missingPackages(contracts, options.searchPath);
  if (missing.length > 0 && options.install !== undefined) {
    options.print(`Installing ${missing.join(' ')} through apt (once, needs a minute) …`);
    await options.install(missing);
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
  return packagesOf(tools.flat());
}

function packagesOf(tools: readonly Tool[]): readonly string[] {
  return [...new Set(tools.map((tool) => packages[tool]))];
}

async function judge(contract: Contract, searchPath: string) {
  const missing = await missingTools(contract, searchPath);
  const reason = `it needs ${missing.join(', ')}, which is not installed. Install ${packagesOf(missing).join(' ')} and start the farm again.`;
  return [
    contract.kind,
    missing.length === 0 ? ({ available: true } as const) : ({ available: false, reason } as const),
  ] as const;
}
