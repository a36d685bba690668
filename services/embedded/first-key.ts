import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface FirstKey {
  readonly secret: string;
  /** Made just now: show it, nobody has seen it yet. */
  readonly isNew: boolean;
}

/** The first admin key: given, or kept in the data directory (0600), or made now. */
export async function firstKey(dataDir: string, given: string | undefined, make: () => string): Promise<FirstKey> {
  if (given !== undefined) return { secret: given, isNew: false };
  const file = join(dataDir, 'api-key');
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept.trim() !== '') return { secret: kept.trim(), isNew: false };
  const secret = make();
  await writeFile(file, `${secret}\n`, { mode: 0o600 });
  return { secret, isNew: true };
}
