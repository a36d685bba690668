import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { type StoredOutput, storedOutput } from '../../shared/messages/stored-output.ts';
import { dispatchPrefix, manifestKey, type RunIdentity } from '../../shared/store/keys.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';

/** Written after the last output: proof that a run is complete, and all that is needed to announce it again. */
const manifest = z.looseObject({ schema: z.literal(1), outputs: z.array(storedOutput) });

export async function writeManifest(
  store: ObjectStore,
  run: RunIdentity,
  outputs: readonly StoredOutput[],
): Promise<string> {
  const key = manifestKey(run);
  const body = JSON.stringify({ schema: 1, run, outputs, writtenAt: new Date().toISOString() });
  await store.put(key, Buffer.from(body), { mediaType: 'application/json' });
  return key;
}

/** The manifest of any finished run of the same dispatch: a redelivered task is announced again instead of worked again. */
export async function findManifest(
  store: ObjectStore,
  task: Pick<RunIdentity, 'tenant' | 'job' | 'step' | 'dispatch'>,
): Promise<{ manifestKey: string; outputs: StoredOutput[] } | undefined> {
  for await (const { key } of store.list(dispatchPrefix(task))) {
    if (!key.endsWith('/manifest.json')) continue;
    const found = await store.get(key);
    const parsed = manifest.safeParse(JSON.parse(await text(found.body)));
    if (parsed.success) return { manifestKey: key, outputs: parsed.data.outputs };
  }
  return undefined;
}
