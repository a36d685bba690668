import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Contract, Tool } from './kind.ts';

/** The programs a kind needs and this machine does not have on its search path. */
export async function missingTools(contract: Pick<Contract, 'tools'>, searchPath: string): Promise<readonly Tool[]> {
  const found = await Promise.all(contract.tools.map((tool) => isInstalled(tool, searchPath)));
  return contract.tools.filter((_tool, position) => !found[position]);
}

async function isInstalled(tool: Tool, searchPath: string): Promise<boolean> {
  for (const folder of searchPath.split(delimiter)) {
    try {
      await access(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      // Not in this folder; the next one may have it.
    }
  }
  return false;
}
