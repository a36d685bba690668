import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, InputError } from '../../shared/errors.ts';
import { sniffBytes, sniffMediaType } from '../../shared/media-type.ts';
import type { TaskInput } from '../../shared/messages/task.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
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
}

/** Brings every input of a task into scratch as a local file, one after another, in the order of `use`. */
export async function fetchInputs(
  sources: InputSources,
  inputs: readonly TaskInput[],
  options: FetchOptions,
): Promise<readonly InputFile[]> {
  const files: InputFile[] = [];
  for (const [position, input] of inputs.entries()) {
    files.push(await fetchInput(sources, input, join(options.folder, `input-${position}`), options));
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
    throw new AppError('object_not_found', `The input "${input.name}" is no longer in the store. Upload it again.`, {
      cause: error,
    });
  }
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
