import { writeFile } from 'node:fs/promises';
import { createApiKey } from '../../shared/ledger/api-keys.ts';
import type { Database } from '../../shared/ledger/database.ts';
import { makeApiKey } from './api-key-format.ts';

const firstKey = { tenant: 'default', name: 'first admin key' };

/**
 * Sees to it that somebody can use the farm: with the key the operator gave, else, when the ledger has none at all, with one
 * made now and kept in `file` (0600). Answers whether one was made.
 */
export async function prepareFirstKey(
  deps: { readonly database: Database },
  given: string | undefined,
  file: string,
): Promise<boolean> {
  if (given !== undefined) {
    await createApiKey(deps.database, { ...firstKey, secret: given });
    return false;
  }
  return await deps.database.transaction(async (client) => {
    // Two replicas that start together must not both make one.
    await client.query('lock table api_keys in share row exclusive mode');
    const known = await client.query('select 1 from api_keys limit 1');
    if (known.rowCount !== 0) return false;
    const secret = makeApiKey();
    await writeFile(file, `${secret}\n`, { mode: 0o600 });
    return await createApiKey(client, { ...firstKey, secret });
  });
}
