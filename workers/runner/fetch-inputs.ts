import { createWriteStream } from 'node:fs';
import { open, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, InputError } from '../../shared/errors.ts';
import { sniffBytes, sniffMediaType } from '../../shared/media-type.ts';
import type { TaskInput } from '../../shared/messages/task.ts';
import type { ByteRange, ObjectStore } from '../../shared/store/object-store.ts';
import type { InputFile } from '../kind.ts';

/** Opens a URL import behind the address guard; `name` is the file name its address ends in. */
export type OpenUrl = (url: string, signal: AbortSignal) => Promise<{ readonly body: Readable; readonly name: string }>;

export interface InputSources {
  readonly store: ObjectStore;
  readonly openUrl: OpenUrl;
}

interface FetchOptions {
  readonly folder: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Of each input only these bytes, where they are named; the rest of the file is a hole that reads as zeros. */
  readonly reads?: readonly (readonly ByteRange[] | null)[] | undefined;
}

/** Brings every input of a task into scratch as a local file, one after another, in the order of `use`. */
export async function fetchInputs(
  sources: InputSources,
  inputs: readonly TaskInput[],
  options: FetchOptions,
): Promise<readonly InputFile[]> {
  const files: InputFile[] = [];
  for (const [position, input] of inputs.entries()) {
    const path = join(options.folder, `input-${position}`);
    const ranges = options.reads?.[position];
    const fetched =
      ranges && 'key' in input.source
        ? await fetchRanges(sources.store, { ...input, key: input.source.key as string }, path, ranges, options)
        : await fetchInput(sources, input, path, options);
    files.push(fetched);
  }
  return files;
}

async function fetchInput(
  sources: InputSources,
  input: TaskInput,
  path: string,
  options: FetchOptions,
): Promise<InputFile> {
  const source = await openSource(sources, input, options.signal);
  const counter = countBytes(options.maxBytes);
  await pipeline(source.body, counter.stream, createWriteStream(path, { mode: 0o600 }), { signal: options.signal });
  const name = source.name ?? input.name;
  const mediaType = await sniffFile(path, name);
  return { path, bytes: counter.bytes(), mediaType, name, reference: input.reference };
}

async function fetchRanges(
  store: ObjectStore,
  input: TaskInput & { readonly key: string },
  path: string,
  ranges: readonly ByteRange[],
  { signal }: FetchOptions,
): Promise<InputFile> {
  const file = await open(path, 'wx', 0o600);
  await file.close();
  const bytes = await sizeOf(store, input);
  await truncate(path, bytes);
  for (const { first, last } of ranges) {
    const range = { first, last: Math.min(last, bytes - 1) };
    const { body } = await store.get(input.key, { range, signal });
    await pipeline(body, createWriteStream(path, { flags: 'r+', start: first }), { signal });
  }
  const mediaType = input.mediaType ?? (await sniffFile(path, input.name));
  return { path, bytes, mediaType, name: input.name, reference: input.reference };
}

async function sizeOf(store: ObjectStore, input: TaskInput & { readonly key: string }): Promise<number> {
  const facts = await store.head(input.key);
  if (facts === undefined) throw noLongerThere(input.name);
  return facts.bytes;
}

async function openSource(
  sources: InputSources,
  input: TaskInput,
  signal: AbortSignal,
): Promise<{ body: Readable; name?: string }> {
  if ('url' in input.source) return await sources.openUrl(input.source.url as string, signal);
  try {
    return await sources.store.get(input.source.key as string, { signal });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'object_not_found') throw error;
    throw noLongerThere(input.name, error);
  }
}

function noLongerThere(name: string, cause?: unknown): AppError {
  return new AppError('object_not_found', `The input "${name}" is no longer in the store. Upload it again.`, { cause });
}

export async function sniffFile(path: string, name: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(sniffBytes), position: 0 });
    return await sniffMediaType(buffer.subarray(0, bytesRead), name);
  } finally {
    await file.close();
  }
}

function countBytes(maxBytes: number): { stream: Transform; bytes(): number } {
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= maxBytes) return done(null, chunk);
      return done(
        new InputError(`The file is larger than the ${Math.floor(maxBytes / 1024 ** 2)} MiB this kind of step takes.`),
      );
    },
  });
  return { stream, bytes: () => bytes };
}
