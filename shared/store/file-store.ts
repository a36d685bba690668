import { randomBytes } from 'node:crypto';
import { mkdir, open, opendir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import type { Health } from '../part.ts';
import { createTurns } from '../take-turns.ts';
import {
  type Entry,
  incomingPath,
  listEntries,
  openBlob,
  publishEntry,
  readEntry,
  removeEntry,
} from './file-entries.ts';
import type { ByteRange, ObjectFacts, ObjectStore } from './object-store.ts';
import { rangeBeyondEnd, storeUnavailable } from './store-errors.ts';

/** A put that was killed leaves its file here; after this long nobody can still be writing it. */
const staleAfterMs = 24 * 60 * 60 * 1000;
const nearlyFullBytes = 64 * 1024 * 1024;

/**
 * Objects as files, for one machine: `keys/` holds a small entry per object at a path that mirrors its key, `blobs/` the
 * bytes under random names, `incoming/` what is being written. Bytes, entry and folder are synced before a put returns.
 */
export async function openFileStore(root: string): Promise<ObjectStore> {
  await prepare(root).catch(failed);
  // So that of two overwrites of a key each forgets the bytes of the one before.
  const inTurn = createTurns();
  return {
    async put(key, body, { mediaType, signal }) {
      const blob = randomBytes(16).toString('hex');
      const incoming = incomingPath(root, blob);
      try {
        const bytes = await writeBody(incoming, body, signal);
        const entry: Entry = { key, blob, bytes, mediaType, modifiedAt: new Date().toISOString() };
        await inTurn(key, () => publishEntry(root, entry)).catch(failed);
        return { bytes };
      } catch (error) {
        await rm(incoming, { force: true }).catch(() => undefined);
        throw error;
      }
    },
    get: async (key, options = {}) => readObject(root, key, options),
    async head(key) {
      const entry = await readEntry(root, key).catch(failed);
      return entry && toFacts(entry);
    },
    async delete(keys) {
      for (const key of keys) await inTurn(key, () => removeEntry(root, key)).catch(failed);
    },
    async *list(prefix) {
      try {
        for await (const entry of listEntries(root, prefix)) yield toFacts(entry);
      } catch (error) {
        failed(error);
      }
    },
    presignGet: async () => undefined,
    health: () => checkHealth(root),
    close: async () => undefined,
  };
}

async function prepare(root: string): Promise<void> {
  for (const folder of ['keys', 'blobs', 'incoming']) await mkdir(join(root, folder), { recursive: true, mode: 0o700 });
  await removeStale(join(root, 'incoming'));
}

async function removeStale(folder: string): Promise<void> {
  for await (const { name } of await opendir(folder)) {
    const path = join(folder, name);
    const facts = await stat(path).catch(() => undefined);
    if (facts && Date.now() - facts.mtimeMs > staleAfterMs) await rm(path, { force: true });
  }
}

/** Only the file's errors are the store's; those of the body and of the signal stay what they are. */
async function writeBody(file: string, body: Readable | Buffer, signal?: AbortSignal): Promise<number> {
  signal?.throwIfAborted();
  const source = Buffer.isBuffer(body) ? Readable.from([body]) : body;
  if (signal) addAbortSignal(signal, source);
  const target = await open(file, 'wx', 0o600).catch(failed);
  try {
    let bytes = 0;
    for await (const chunk of source) {
      await target.writeFile(chunk).catch(failed);
      bytes += chunk.length;
    }
    await target.sync().catch(failed);
    return bytes;
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    await target.close();
  }
}

async function readObject(
  root: string,
  key: string,
  { range, signal }: { range?: ByteRange; signal?: AbortSignal },
): Promise<ObjectFacts & { readonly body: Readable }> {
  signal?.throwIfAborted();
  const { entry, handle } = await openBlob(root, key).catch(failed);
  if (range && range.first >= entry.bytes) {
    await handle.close();
    throw rangeBeyondEnd();
  }
  const bounds = range ? { start: range.first, end: Math.min(range.last, entry.bytes - 1) } : {};
  const body = handle.createReadStream({ ...bounds, highWaterMark: 1024 ** 2 });
  return { ...toFacts(entry), body: signal ? addAbortSignal(signal, body) : body };
}

function toFacts({ key, blob, bytes, mediaType, modifiedAt }: Entry): ObjectFacts {
  return { key, bytes, mediaType, etag: blob, modifiedAt: new Date(modifiedAt) };
}

async function checkHealth(root: string): Promise<Health> {
  try {
    const { bavail, bsize } = await statfs(join(root, 'incoming'));
    if (bavail * bsize > nearlyFullBytes) return { name: 'store', ok: true };
    return { name: 'store', ok: false, reason: 'The disk of the file store has less than 64 MiB left.' };
  } catch (error) {
    return {
      name: 'store',
      ok: false,
      reason: `The file store's directory cannot be read: ${(error as Error).message}`,
    };
  }
}

/** A full disk (ENOSPC), a lost mount, a missing right: not the object's fault and not for ever. */
function failed(cause: unknown): never {
  throw cause instanceof AppError ? cause : storeUnavailable(cause);
}
