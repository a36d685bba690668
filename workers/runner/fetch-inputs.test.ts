import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFileStore } from '../../shared/store/file-store.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { fetchInputs } from './fetch-inputs.ts';

let folder: string;
let store: ObjectStore;
const signal = new AbortController().signal;
const openUrl = () => Promise.reject(new Error('no address is named here'));
const mebibyte = 1024 ** 2;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farm-fetch-'));
  store = await openFileStore(join(folder, 'store'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = (key: string, body: Buffer) => store.put(key, body, { mediaType: 'video/mp4' });
const input = (key: string, bytes: number | null) => ({ name: `${key}.bin`, source: { key }, bytes, reference: key });
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const fetch = (inputs: ReturnType<typeof input>[], options: { maxBytes?: number; store?: ObjectStore } = {}) =>
  fetchInputs({ store: options.store ?? store, openUrl }, inputs, {
    folder,
    maxBytes: 100 * mebibyte,
    signal,
    ...options,
  });

/** Tells of every range and may do something before it is read. */
function watched(before: (range: { first: number } | undefined) => Promise<void>): ObjectStore {
  return {
    ...store,
    get: async (key, options) => {
      await before(options?.range);
      return await store.get(key, options);
    },
  };
}

describe('inputs', () => {
  test('of any length arrive byte for byte, in the order they were named', async () => {
    const bodies = [0, 1, 16 * mebibyte, 16 * mebibyte + 1, 37 * mebibyte + 5].map((size) => randomBytes(size));
    for (const [index, body] of bodies.entries()) await put(`o${index}`, body);
    const files = await fetch(bodies.map((body, index) => input(`o${index}`, body.length)));
    expect(files.map(({ reference, bytes }) => [reference, bytes])).toEqual(
      bodies.map((body, index) => [`o${index}`, body.length]),
    );
    for (const [index, { path }] of files.entries()) {
      expect(hash(await readFile(path))).toBe(hash(bodies[index] as Buffer));
    }
  });

  test('a long one comes in pieces, several at once', async () => {
    await put('long', randomBytes(50 * mebibyte));
    const firsts: number[] = [];
    let [reading, most] = [0, 0];
    const slow = watched(async (range) => {
      firsts.push(range?.first ?? Number.NaN);
      reading += 1;
      most = Math.max(most, reading);
      await new Promise(setImmediate);
      reading -= 1;
    });
    await fetch([input('long', 50 * mebibyte)], { store: slow });
    expect(firsts.sort((a, b) => a - b)).toEqual([0, 16, 32, 48].map((at) => at * mebibyte));
    expect(most).toBeGreaterThan(1);
  });

  test('an object that is replaced meanwhile is never mixed: the task is tried again', async () => {
    await put('long', randomBytes(70 * mebibyte));
    const replacing = watched(async (range) => {
      if (range?.first === 64 * mebibyte) await put('long', randomBytes(70 * mebibyte));
    });
    await expect(fetch([input('long', 70 * mebibyte)], { store: replacing })).rejects.toMatchObject({
      code: 'store_unavailable',
      retryable: true,
      message: expect.stringContaining('replaced'),
    });
  });

  test('a long one that is too large is refused before a byte of it is read', async () => {
    await put('long', randomBytes(20 * mebibyte));
    const unread = watched(() => Promise.reject(new Error('was read')));
    await expect(fetch([input('long', 20 * mebibyte)], { store: unread, maxBytes: 18 * mebibyte })).rejects.toThrow(
      'larger than the 18 MiB',
    );
  });

  test('one that is not what the ledger says is counted as it comes', async () => {
    await put('grown', randomBytes(3 * mebibyte));
    await expect(fetch([input('grown', 5)], { maxBytes: 2 * mebibyte })).rejects.toThrow('larger than the 2 MiB');
    await rm(join(folder, 'input-0'));
    expect((await fetch([input('grown', 5)]))[0]?.bytes).toBe(3 * mebibyte);
  });

  test('one that is gone is named', async () => {
    await expect(fetch([input('gone', 5)])).rejects.toThrow('"gone.bin" is no longer');
    await expect(fetch([input('gone', 40 * mebibyte)])).rejects.toThrow('"gone.bin" is no longer');
  });
});
