import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { collect, describeStore } from '../../test/conformance/store-suite.ts';
import { createLog } from '../log.ts';
import { openStore } from './open-store.ts';

const log = createLog('test', 'silent');
const openIn = (root: string) => openStore({ url: pathToFileURL(root).href, environment: {}, log });

describeStore('file-store', async () => {
  const root = await mkdtemp(join(tmpdir(), 'farm store % '));
  const store = await openIn(root);
  return {
    store,
    async close() {
      const keys = (await collect(store.list(''))).map(({ key }) => key);
      expect(await readdir(join(root, 'incoming')), 'files of unfinished puts').toEqual([]);
      const blobs = (await readdir(join(root, 'blobs'), { recursive: true })).filter((path) => /\w{3}$/.test(path));
      expect(blobs, 'bytes nobody points to').toHaveLength(keys.length);
      await store.delete(keys);
      expect(await readdir(join(root, 'keys')), 'empty folders').toEqual([]);
      await rm(root, { recursive: true });
    },
  };
});

test('no key leads out of the directory', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'farm-store-'));
  const store = await openIn(join(parent, 'store'));
  for (const key of ['../out', '/../../out', 'a/../../out', '..\\out', '..']) {
    await store.put(key, Buffer.from('x'), { mediaType: 'text/plain' });
    expect(await store.head(key)).toMatchObject({ key });
  }
  expect(await readdir(parent)).toEqual(['store']);
  expect((await readdir(join(parent, 'store'))).sort()).toEqual(['blobs', 'incoming', 'keys']);
  await rm(parent, { recursive: true });
});

test('a store whose disk fails says so instead of losing the object', async () => {
  const root = await mkdtemp(join(tmpdir(), 'farm-store-'));
  const store = await openIn(root);
  await rm(join(root, 'blobs'), { recursive: true });
  await writeFile(join(root, 'blobs'), 'not a folder');
  const unavailable = { code: 'store_unavailable', retryable: true };
  await expect(store.put('x', Buffer.from('x'), { mediaType: 'text/plain' })).rejects.toMatchObject(unavailable);
  expect(await store.head('x')).toBeUndefined();
  await rm(root, { recursive: true });
  expect(await store.health()).toMatchObject({ ok: false });
  await expect(store.put('x', Buffer.from('x'), { mediaType: 'text/plain' })).rejects.toMatchObject(unavailable);
});

test('what was stored is there after the store is opened again', async () => {
  const root = await mkdtemp(join(tmpdir(), 'farm-store-'));
  await (await openIn(root)).put('a/b', Buffer.from('kept'), { mediaType: 'text/plain' });
  expect(await (await openIn(root)).head('a/b')).toMatchObject({ bytes: 4, mediaType: 'text/plain' });
  await rm(root, { recursive: true });
});
