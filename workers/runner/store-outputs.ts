import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pMap from 'p-map';
import { AppError } from '../../shared/errors.ts';
import type { StoredOutput } from '../../shared/messages/stored-output.ts';
import { outputKey, type RunIdentity, versionKey } from '../../shared/store/keys.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { Output } from '../kind.ts';

/** Streams into the store at once; each holds up to 20 MiB of a multipart upload. */
const parallelStores = 3;
const bufferBytes = 1024 ** 2;

export interface OutputStorer {
  store(output: Output): Promise<void>;
  storeAll(outputs: readonly Output[]): Promise<void>;
  /** Stores them; one whose name is known takes the place of what was stored under it. */
  replace(outputs: readonly Output[]): Promise<void>;
  /** All that was stored, in the order it was handed over. */
  stored(): readonly StoredOutput[];
}

interface StorerOptions {
  readonly store: ObjectStore;
  readonly run: RunIdentity;
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** Checks and stores the outputs of one run under the run's own prefix, hashing while they stream. */
export function createOutputStorer(options: StorerOptions): OutputStorer {
  const stored: StoredOutput[] = [];
  const names = new Set<string>();
  /** Names that may be given once more: a rendition was ready, and the step goes on. */
  const replaceable = new Set<string>();
  let versions = 0;
  const store = async (output: Output) => {
    if (replaceable.has(output.name)) return await replace(output);
    checkName(output.name, names);
    // Before anything is awaited: outputs that are stored side by side keep the order they were handed over in.
    const position = stored.push(undefined as never) - 1;
    await checkFile(output, options.scratch);
    stored[position] = await storeOne(options, output, outputKey(options.run, output.name));
  };
  const replace = async (output: Output) => {
    await checkFile(output, options.scratch);
    versions += 1;
    const newer = await storeOne(options, output, versionKey(options.run, output.name, versions));
    // Those that are still on their way have no name yet.
    stored[stored.findIndex((known) => known?.name === output.name)] = newer;
  };
  return {
    store,
    replace: async (outputs) => {
      for (const output of outputs) await store(output);
      for (const { name } of outputs) replaceable.add(name);
    },
    storeAll: async (outputs) => {
      await pMap(outputs, store, { concurrency: parallelStores });
    },
    stored: () => stored.filter((output) => output !== undefined),
  };
}

function checkName(name: string, names: Set<string>): void {
  const segments = name.split('/');
  const wellFormed = segments.every((segment) => segment !== '' && !segment.startsWith('.')) && name.length <= 512;
  if (!wellFormed || names.has(name))
    throw invalidOutput(`The step produced an output with an unusable name: "${name}".`);
  names.add(name);
}

async function checkFile(output: Output, scratch: string): Promise<void> {
  const inside = relative(scratch, output.path);
  if (inside.startsWith('..') || isAbsolute(inside))
    throw invalidOutput('The step produced an output outside its scratch.');
  const facts = await lstat(output.path).catch(() => undefined);
  if (!facts?.isFile() || facts.size === 0) throw invalidOutput(`The step produced no bytes for "${output.name}".`);
}

/** Our fault, not the input's: tried again, in case another worker does better. */
export function invalidOutput(message: string): AppError {
  return new AppError('output_invalid', message, { retryable: true });
}

async function storeOne({ store, signal }: StorerOptions, output: Output, key: string): Promise<StoredOutput> {
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const reading = pipeline(createReadStream(output.path, { highWaterMark: bufferBytes }), hashing, { signal });
  const [{ bytes }] = await Promise.all([store.put(key, hashing, { mediaType: output.mediaType, signal }), reading]);
  return { ...output.facts, name: output.name, key, mediaType: output.mediaType, bytes, sha256: hash.digest('hex') };
}
