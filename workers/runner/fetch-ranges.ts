import { createWriteStream, type WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../shared/errors.ts';
import type { ByteRange, ObjectFacts, ObjectStore } from '../../shared/store/object-store.ts';
import { sideBySide } from './side-by-side.ts';

/** One connection to S3 carries less than the network does, so what is longer than a piece comes as pieces side by side. */
export const pieceBytes = 16 * 1024 ** 2;
/** A write for each chunk that is received costs more than the bytes do. */
const bufferBytes = 1024 ** 2;

export interface Fetch {
  readonly store: ObjectStore;
  readonly key: string;
  readonly path: string;
  readonly signal: AbortSignal;
}

type Version = Pick<ObjectFacts, 'bytes' | 'etag'>;

export function piecesOf(bytes: number): readonly ByteRange[] {
  return Array.from({ length: Math.ceil(bytes / pieceBytes) }, (_, index) => {
    const first = index * pieceBytes;
    return { first, last: first + pieceBytes - 1 };
  });
}

/**
 * Makes a file of the object's length of which the ranges are fetched, all of the version that `found` tells of; the rest
 * is a hole that reads as zeros. @throws AppError what the store throws; `store_unavailable` when the object was replaced.
 */
export async function fetchRanges(fetch: Fetch, found: Version, ranges: readonly ByteRange[]): Promise<void> {
  const file = await open(fetch.path, 'wx', 0o600);
  await file.truncate(found.bytes).finally(() => file.close());
  await sideBySide(ranges, fetch.signal, (range, _, signal) => fetchRange({ ...fetch, signal }, found, range));
}

async function fetchRange({ store, key, path, signal }: Fetch, found: Version, wanted: ByteRange): Promise<void> {
  const range = { first: wanted.first, last: Math.min(wanted.last, found.bytes - 1) };
  const { body, etag } = await store.get(key, { range, signal });
  if (etag !== found.etag) {
    body.destroy();
    throw new AppError('store_unavailable', 'An input was replaced while it was fetched.', { retryable: true });
  }
  const target = createWriteStream(path, { flags: 'r+', start: range.first, highWaterMark: bufferBytes });
  await pipeline(body, target, { signal });
}

/** A new file of the worker's own. */
export function writeTo(path: string): WriteStream {
  return createWriteStream(path, { flags: 'wx', mode: 0o600, highWaterMark: bufferBytes });
}
