import { AppError } from '../shared/errors.ts';
import type { Log } from '../shared/log.ts';
import { catalog, kindNames } from './catalog.ts';
import { missingTools } from './missing-tools.ts';

/**
 * Of the kinds asked for, those whose programs are installed. Asked for all (the default), it leaves out the others and says so;
 * asked for by name, a missing program is an error: that queue would have no worker and nobody would know.
 */
export async function runnableKinds(
  config: { readonly kinds: readonly string[] },
  searchPath: string,
  log: Log,
): Promise<readonly string[]> {
  const askedForAll = config.kinds.length === kindNames.length;
  const runnable: string[] = [];
  for (const kind of config.kinds) {
    const contract = catalog[kind]?.contract;
    const missing = contract === undefined ? [] : await missingTools(contract, searchPath);
    if (missing.length === 0) runnable.push(kind);
    else if (askedForAll) log.warn({ kind, missing }, 'worker.kind_off');
    else
      throw new AppError(
        'tool_missing',
        `FARM_WORKER_KINDS asks for ${kind}, but ${missing.join(' and ')} is not installed on this machine.`,
      );
  }
  if (runnable.length === 0)
    throw new AppError('tool_missing', 'No kind can run here: install ffmpeg and poppler-utils.');
  return runnable;
}
