import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, InputError } from '../../shared/errors.ts';
import { sniffBytes, sniffMediaType } from '../../shared/media-type.ts';
import type { TaskInput } from '../../shared/messages/task.ts';
import type { ByteRange, ObjectStore } from '../../shared/store/object-store.ts';
import type { InputFile } from '../kind.ts';
import { fetchRanges, pieceBytes, piecesOf, writeTo } from './fetch-ranges.ts';
import { sideBySide } from './side-by-side.ts';

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

type StoredInput = TaskInput & { readonly key: string };

/** Brings every input of a task into scratch as a local file, in the order of `use`. */
export async function fetchInputs(
  sources: InputSources,
  inputs: readonly TaskInput[],
  options: FetchOptions,
): Promise<readonly InputFile[]> {
  return await sideBySide(inputs, options.signal, (input, position, signal) => {
    const target = { ...options, signal, path: join(options.folder, `input-${position}`) };
    if ('url' in input.source) return download(sources.openUrl, { ...input, url: input.source.url as string }, target);
    const stored = { ...input, key: input.source.key as string };
    const ranges = options.reads?.[position];
    if (ranges || (input.bytes ?? 0) > pieceBytes) return fetchLong(sources.store, stored, ranges ?? undefined, target);
    return fetchShort(sources.store, stored, target);
  });
}

type Target = Pick<FetchOptions, 'maxBytes' | 'signal'> & { readonly path: string };

async function download(
  openUrl: OpenUrl,
  input: TaskInput & { readonly url: string },
  target: Target,
): Promise<InputFile> {
  const { body, name } = await openUrl(input.url, target.signal);
  return await save(body, { ...input, name }, target);
}

async function fetchShort(store: ObjectStore, input: StoredInput, target: Target): Promise<InputFile> {
  const found = await store.get(input.key, { signal: target.signal }).catch(unlessGone);
  if (found === undefined) throw noLongerThere(input.name);
  return await save(found.body, input, target);
}

async function fetchLong(
  store: ObjectStore,
  input: StoredInput,
  ranges: readonly ByteRange[] | undefined,
  { path, maxBytes, signal }: Target,
): Promise<InputFile> {
  const { key, name, reference } = input;
  const found = await store.head(key);
  if (found === undefined) throw noLongerThere(name);
  if (found.bytes > maxBytes) throw tooLarge(maxBytes);
  await fetchRanges({ store, key, path, signal }, found, ranges ?? piecesOf(found.bytes));
  // The first bytes need not be among the ranges.
  const mediaType = (ranges ? input.mediaType : undefined) ?? (await sniffFile(path, name));
  return { path, bytes: found.bytes, mediaType, name, reference };
}

/** @throws InputError when more than `maxBytes` come. */
async function save(body: Readable, { name, reference }: TaskInput, target: Target): Promise<InputFile> {
  const { path, maxBytes, signal } = target;
  const counter = countBytes(maxBytes);
  await pipeline(body, counter.stream, writeTo(path), { signal });
  return { path, bytes: counter.bytes(), mediaType: await sniffFile(path, name), name, reference };
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code !== 'object_not_found') throw error;
}

function noLongerThere(name: string): AppError {
  return new AppError('object_not_found', `The input "${name}" is no longer in the store. Upload it again.`);
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
      return done(tooLarge(maxBytes));
    },
  });
  return { stream, bytes: () => bytes };
}

function tooLarge(maxBytes: number): InputError {
  return new InputError(`The file is larger than the ${Math.floor(maxBytes / 1024 ** 2)} MiB this kind of step takes.`);
}
