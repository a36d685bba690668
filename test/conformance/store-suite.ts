/** What every object store must do; run against file-store (project unit) and s3-store on real Ceph (project servers). */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ObjectStore } from '../../shared/store/object-store.ts';

const mebibyte = 1024 * 1024;
const text = { mediaType: 'text/plain' };

export function describeStore(name: string, open: () => Promise<{ store: ObjectStore; close(): Promise<void> }>): void {
  describe(name, () => {
    let store: ObjectStore;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close?.());

    const read = async (key: string) => await buffer((await store.get(key)).body);
    const listKeys = async (prefix: string) => (await collect(store.list(prefix))).map(({ key }) => key);

    test('gives back what was put, with its facts', async () => {
      const before = Date.now();
      expect(await store.put('facts/photo', Buffer.from('hello'), { mediaType: 'image/x-test' })).toEqual({ bytes: 5 });
      const { body, ...facts } = await store.get('facts/photo');
      expect(String(await buffer(body))).toBe('hello');
      expect(facts).toMatchObject({ key: 'facts/photo', bytes: 5, mediaType: 'image/x-test' });
      expect(facts.etag).toMatch(/^[\w-]+$/);
      expect(Math.abs(facts.modifiedAt.getTime() - before)).toBeLessThan(60_000);
      expect(await store.head('facts/photo')).toEqual(facts);
    });

    test('keeps an empty object', async () => {
      expect(await store.put('empty', Readable.from([]), text)).toEqual({ bytes: 0 });
      expect(await read('empty')).toHaveLength(0);
      expect(await store.head('empty')).toMatchObject({ bytes: 0 });
    });

    test('says that an object is missing', async () => {
      expect(await store.head('missing')).toBeUndefined();
      await expect(store.get('missing')).rejects.toMatchObject({ code: 'object_not_found', retryable: false });
    });

    test('overwrites, and its etag changes', async () => {
      await store.put('again', Buffer.from('one'), text);
      const first = await store.head('again');
      await store.put('again', Buffer.from('three'), { mediaType: 'text/html' });
      expect(String(await read('again'))).toBe('three');
      const second = await store.head('again');
      expect(second).toMatchObject({ bytes: 5, mediaType: 'text/html' });
      expect(second?.etag).not.toBe(first?.etag);
    });

    test('gives a range, cuts one that ends too late and refuses one that begins too late', async () => {
      await store.put('range', Buffer.from('0123456789'), text);
      const part = async (first: number, last: number) => {
        const { body, bytes } = await store.get('range', { range: { first, last } });
        return [String(await buffer(body)), bytes];
      };
      expect(await part(2, 4)).toEqual(['234', 10]);
      expect(await part(9, 9)).toEqual(['9', 10]);
      expect(await part(7, 99)).toEqual(['789', 10]);
      await expect(part(10, 12)).rejects.toMatchObject({ code: 'invalid_request' });
    });

    test('lists in the order of the bytes, only what begins with the prefix', async () => {
      const keys = ['list/a', 'list/a/b', 'list/a-b', 'list/A', 'list/ab', 'list/z/1.2.x/f', 'list/é', 'list/日本'];
      for (const key of [...keys, 'list', 'lis/t']) await store.put(key, Buffer.from(key), text);
      const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(await listKeys('list/')).toEqual(sorted);
      expect(await listKeys('list/a')).toEqual(['list/a', 'list/a-b', 'list/a/b', 'list/ab']);
      expect(await listKeys('list/z/1.')).toEqual(['list/z/1.2.x/f']);
      expect(await listKeys('list/nothing')).toEqual([]);
      const [listed] = await collect(store.list('list/ab'));
      const { mediaType: _, ...facts } = (await store.head('list/ab')) ?? expect.fail('list/ab is missing');
      // S3 rounds the time of a HEAD to seconds.
      expect(listed).toMatchObject({ key: facts.key, bytes: facts.bytes, etag: facts.etag });
    });

    test('lists more than one page', async () => {
      const keys = Array.from({ length: 1005 }, (_, at) => `pages/${String(at).padStart(4, '0')}`);
      for (let at = 0; at < keys.length; at += 50) {
        await Promise.all(keys.slice(at, at + 50).map((key) => store.put(key, Buffer.from('x'), text)));
      }
      expect(await listKeys('pages/')).toEqual(keys);
      await store.delete(keys);
      expect(await listKeys('pages/')).toEqual([]);
    });

    test.each([
      'unicode/Größe — 日本語 🎬.mp4',
      'odd/a b+c%2F&?#=~!*()\'"<>',
      'odd//double',
      'odd/.hidden',
      'odd/UPPER',
    ])('takes the key %s', async (key) => {
      await store.put(key, Buffer.from(key), text);
      expect(String(await read(key))).toBe(key);
      expect(await listKeys(key)).toEqual([key]);
      await store.delete([key]);
      expect(await store.head(key)).toBeUndefined();
    });

    test('deletes, also what is not there', async () => {
      await store.put('gone/1', Buffer.from('1'), text);
      await store.put('gone/2', Buffer.from('2'), text);
      await store.delete(['gone/1', 'gone/never', 'gone/2']);
      await store.delete([]);
      expect(await listKeys('gone/')).toEqual([]);
    });

    test('leaves nothing when the body breaks, and throws what broke it', async () => {
      for (const size of [10, 20 * mebibyte]) {
        await expect(store.put('broken', breakAfter(size), text)).rejects.toThrow('the client went away');
      }
      expect(await store.head('broken')).toBeUndefined();
      expect(await listKeys('broken')).toEqual([]);
    });

    test('leaves what was there when an overwrite breaks', async () => {
      await store.put('kept', Buffer.from('first'), text);
      await expect(store.put('kept', breakAfter(10), text)).rejects.toThrow('the client went away');
      expect(String(await read('kept'))).toBe('first');
    });

    test('a put that is aborted while its body stalls ends at once and leaves nothing', async () => {
      for (const size of [10, 20 * mebibyte]) {
        const abort = new AbortController();
        const body = stallAfter(size, () => abort.abort(new Error('cancelled by a test')));
        await expect(store.put('aborted', body, { ...text, signal: abort.signal })).rejects.toThrow(
          'cancelled by a test',
        );
        expect(body.destroyed).toBe(true);
      }
      expect(await store.head('aborted')).toBeUndefined();
    });

    test('a signal that has aborted already stops a put and a get', async () => {
      const signal = AbortSignal.abort(new Error('too late'));
      await expect(store.put('late', Buffer.from('x'), { ...text, signal })).rejects.toThrow('too late');
      expect(await store.head('late')).toBeUndefined();
      await expect(store.get('late', { signal })).rejects.toThrow('too late');
    });

    test('a get that is aborted breaks the stream', async () => {
      await store.put('long', Buffer.alloc(4 * mebibyte), text);
      const abort = new AbortController();
      const { body } = await store.get('long', { signal: abort.signal });
      const reading = buffer(body);
      abort.abort();
      await expect(reading).rejects.toThrow();
    });

    test('streams 200 MB in and out with flat memory', async () => {
      const size = 200 * 1_000_000;
      const sent = createHash('sha256');
      const gained = await measureMemory(async () => {
        const body = Readable.from(randomChunks(size, (chunk) => sent.update(chunk)));
        expect(await store.put('big', body, { mediaType: 'video/mp4' })).toEqual({ bytes: size });
      });
      // What `putObject` states: (3 parts at once + 1) × 2 × 8 MiB, however long the body is.
      expect(gained).toBeLessThan(64 * mebibyte);
      const received = createHash('sha256');
      for await (const chunk of (await store.get('big')).body) received.update(chunk);
      expect(received.digest('hex')).toBe(sent.digest('hex'));
      await store.delete(['big']);
    });

    test('of many overwrites at once one whole body wins', async () => {
      const bodies = Array.from({ length: 20 }, (_, at) => Buffer.alloc(10_000 + at, `${at};`));
      await store.put('race', Buffer.from('first'), text);
      const [seen] = await Promise.all([
        Promise.all(
          Array.from({ length: 40 }, async () => {
            const { body, bytes, mediaType } = await store.get('race');
            return { length: (await buffer(body)).length, bytes, mediaType };
          }),
        ),
        ...bodies.map((body, at) => store.put('race', body, { mediaType: `text/${10_000 + at}` })),
      ]);
      for (const { length, bytes, mediaType } of seen.filter((one) => one.mediaType !== 'text/plain')) {
        expect([length, mediaType]).toEqual([bytes, `text/${bytes}`]);
      }
      const last = await read('race');
      expect(bodies.some((body) => body.equals(last))).toBe(true);
      expect(await listKeys('race')).toEqual(['race']);
    });

    test('says that it is well', async () => {
      expect(await store.health()).toEqual({ name: 'store', ok: true });
    });
  });
}

/** `Array.fromAsync` comes with Node 22. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

function* randomChunks(size: number, onChunk: (chunk: Buffer) => void): Generator<Buffer> {
  for (let left = size; left > 0; left -= 65_536) {
    const chunk = randomBytes(Math.min(65_536, left));
    onChunk(chunk);
    yield chunk;
  }
}

function breakAfter(size: number): Readable {
  return Readable.from(
    (function* () {
      yield* randomChunks(size, () => undefined);
      throw new Error('the client went away');
    })(),
  );
}

/** Gives so many bytes, then nothing more; `onStall` is called once somebody waits for more. */
function stallAfter(size: number, onStall: () => void): Readable {
  const chunks = randomChunks(size, () => undefined);
  return new Readable({
    read() {
      const { done, value } = chunks.next();
      if (done) setImmediate(onStall);
      else this.push(value);
    },
  });
}

/** How far what is alive in memory (garbage collected first) grew at most, in bytes. */
async function measureMemory(work: () => Promise<void>): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const alive = () => {
    collectGarbage();
    // The first leaves freed buffers to a thread of its own; the second waits for that thread.
    collectGarbage();
    return process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  };
  const before = alive();
  let peak = before;
  const sampling = setInterval(() => {
    peak = Math.max(peak, alive());
  }, 100);
  try {
    await work();
  } finally {
    clearInterval(sampling);
  }
  return peak - before;
}
