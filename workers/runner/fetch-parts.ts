import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { StoredOutput } from '../../shared/messages/stored-output.ts';
import type { PartOutcome } from '../../shared/messages/task.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { PartResult } from '../splitter.ts';

interface FetchPartsOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
}

type PartFile = PartResult['files'][number];

/** Brings what the parts made into scratch, in the order of the plan. */
export async function fetchParts(
  store: ObjectStore,
  parts: readonly PartOutcome[],
  options: FetchPartsOptions,
): Promise<readonly PartResult[]> {
  const results: PartResult[] = [];
  for (const [index, { plan, outputs }] of parts.entries()) {
    const files: PartFile[] = [];
    for (const [position, output] of outputs.entries()) {
      const path = join(options.folder, `part-${index}-${position}`);
      files.push(await fetchOutput(store, output, path, `${plan.name}/${output.name}`, options.signal));
    }
    results.push({ plan, files });
  }
  return results;
}

async function fetchOutput(
  store: ObjectStore,
  output: StoredOutput,
  path: string,
  reference: string,
  signal: AbortSignal,
): Promise<PartFile> {
  const { body } = await store.get(output.key, { signal });
  await pipeline(body, createWriteStream(path, { mode: 0o600 }), { signal });
  const { bytes, mediaType, name } = output;
  return { path, bytes, mediaType, name, reference, output };
}
