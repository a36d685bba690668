import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { StoredOutput } from '../../shared/messages/stored-output.ts';
import type { PartOutcome } from '../../shared/messages/task.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { PartResult } from '../splitter.ts';
import { writeTo } from './fetch-ranges.ts';
import { sideBySide } from './side-by-side.ts';

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
  const wanted = parts.flatMap(({ plan, outputs }, index) =>
    outputs.map((output, position) => ({
      index,
      plan,
      output,
      path: join(options.folder, `part-${index}-${position}`),
    })),
  );
  const files = await sideBySide(wanted, options.signal, async ({ index, plan, output, path }, _, signal) => {
    return { index, file: await fetchOutput(store, output, path, `${plan.name}/${output.name}`, signal) };
  });
  return parts.map(({ plan }, part) => ({
    plan,
    files: files.filter(({ index }) => index === part).map(({ file }) => file),
  }));
}

async function fetchOutput(
  store: ObjectStore,
  output: StoredOutput,
  path: string,
  reference: string,
  signal: AbortSignal,
): Promise<PartFile> {
  const { body } = await store.get(output.key, { signal });
  await pipeline(body, writeTo(path), { signal });
  const { bytes, mediaType, name } = output;
  return { path, bytes, mediaType, name, reference, output };
}
