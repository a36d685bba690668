/** A hand-made Task for the tests of a kind: real files in a private scratch, removed when the test ends. */
import { copyFile, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { InputFile, Output, Task } from '../../workers/kind.ts';

export type TaskFile = ({ readonly path: string } | { readonly bytes: Uint8Array }) & {
  readonly name: string;
  readonly mediaType?: string;
  readonly reference?: string;
};

interface MadeTask<P> extends Task<P> {
  /** Everything `emit` was given, in order. */
  readonly emitted: readonly Output[];
  /** Every fraction reported, in order. */
  readonly fractions: readonly number[];
  /** What `ready` was told, in order. */
  readonly renditions: readonly { readonly name: string; readonly outputs: readonly Output[] }[];
}

export async function makeTask<P>(options: {
  readonly params: P;
  readonly files: readonly TaskFile[];
  readonly name?: string;
  readonly signal?: AbortSignal;
}): Promise<MadeTask<P>> {
  const home = await mkdtemp(join(tmpdir(), 'farm-task-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const scratch = join(home, 'scratch');
  await mkdir(scratch);
  const emitted: Output[] = [];
  const fractions: number[] = [];
  const renditions: { name: string; outputs: readonly Output[] }[] = [];
  return {
    params: options.params,
    inputs: await Promise.all(options.files.map((file, index) => placeFile(home, file, index))),
    scratch,
    name: options.name ?? 'step',
    signal: options.signal ?? new AbortController().signal,
    progress: (fraction) => void fractions.push(fraction),
    emit: async (output) => void emitted.push(output),
    ready: async (name, outputs) => void renditions.push({ name, outputs }),
    emitted,
    fractions,
    renditions,
  };
}

async function placeFile(home: string, file: TaskFile, index: number): Promise<InputFile> {
  const path = join(home, `input-${index}`);
  await ('path' in file ? copyFile(file.path, path) : writeFile(path, file.bytes));
  return {
    path,
    bytes: (await stat(path)).size,
    mediaType: file.mediaType ?? 'application/octet-stream',
    name: file.name,
    reference: file.reference ?? (index === 0 ? 'input' : `input${index}`),
  };
}
