import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fromPathPiece, toPathPieces } from './file-path.ts';
import { objectNotFound } from './store-errors.ts';

/** What an object's entry holds: its facts, and the file with its bytes. The entry's rename is the moment of the put. */
export interface Entry {
  readonly key: string;
  readonly blob: string;
  readonly bytes: number;
  readonly mediaType: string;
  readonly modifiedAt: string;
}

/** Where the bytes of a put are gathered. */
export function incomingPath(root: string, blob: string): string {
  return join(root, 'incoming', blob);
}

/** Moves the bytes to their place, then lets the entry point to them, then forgets the bytes it pointed to before. */
export async function publishEntry(root: string, entry: Entry): Promise<void> {
  const path = entryPath(root, entry.key);
  const draft = incomingPath(root, `${entry.blob}.entry`);
  await writeSynced(draft, JSON.stringify(entry));
  const before = await readEntryAt(path);
  await moveInto(incomingPath(root, entry.blob), blobPath(root, entry.blob));
  await moveInto(draft, path);
  if (before) await rm(blobPath(root, before.blob), { force: true });
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A delete may remove the empty folder just made, so the pair is repeated. */
async function moveInto(from: string, to: string, triesLeft = 5): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  try {
    await rename(from, to);
  } catch (error) {
    if (!isMissing(error) || triesLeft === 0) throw error;
    return await moveInto(from, to, triesLeft - 1);
  }
  await syncFolder(dirname(to));
}

/** Without it a power cut may forget the new name; Windows cannot open folders and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** An overwrite may take the bytes away between reading the entry and opening them: then the entry is read again. */
export async function openBlob(
  root: string,
  key: string,
  triesLeft = 20,
): Promise<{ entry: Entry; handle: FileHandle }> {
  const entry = await readEntry(root, key);
  if (!entry) throw objectNotFound();
  try {
    return { entry, handle: await open(blobPath(root, entry.blob), 'r') };
  } catch (error) {
    if (!isMissing(error)) throw error;
    if (triesLeft === 0) throw objectNotFound(error);
    return await openBlob(root, key, triesLeft - 1);
  }
}

export async function removeEntry(root: string, key: string): Promise<void> {
  const path = entryPath(root, key);
  const entry = await readEntryAt(path);
  if (!entry) return;
  await rm(path, { force: true });
  await rm(blobPath(root, entry.blob), { force: true });
  await removeEmptyFolders(dirname(path), join(root, 'keys'));
}

async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  for (let current = folder; current !== root; current = dirname(current)) {
    const removed = await rmdir(current).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}

export async function readEntry(root: string, key: string): Promise<Entry | undefined> {
  return await readEntryAt(entryPath(root, key));
}

/** Entries whose key starts with `prefix`, ascending by the key's bytes. */
export function listEntries(root: string, prefix: string): AsyncIterable<Entry> {
  return walk(join(root, 'keys'), '', prefix);
}

/** Depth first with the names of each folder in the order of the keys they stand for, so the whole comes in order. */
async function* walk(folder: string, above: string, prefix: string): AsyncGenerator<Entry> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const pieces = names.map((name) => ({ name, ...fromPathPiece(name) })).sort(byBytes);
  for (const { name, text, isObject } of pieces) {
    const key = above + text;
    if (isObject && key.startsWith(prefix)) {
      const entry = await readEntryAt(join(folder, name));
      if (entry) yield entry;
    } else if (!isObject && (key.startsWith(prefix) || prefix.startsWith(key))) {
      yield* walk(join(folder, name), key, prefix);
    }
  }
}

function byBytes(a: { text: string }, b: { text: string }): number {
  return Buffer.compare(Buffer.from(a.text), Buffer.from(b.text));
}

async function readEntryAt(path: string): Promise<Entry | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Entry;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function entryPath(root: string, key: string): string {
  return join(root, 'keys', ...toPathPieces(key));
}

function blobPath(root: string, blob: string): string {
  return join(root, 'blobs', blob.slice(0, 2), blob);
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
