import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { Output } from '../kind.ts';
import { createOutputStorer } from './store-outputs.ts';

/** The files that were looked at; the first is only looked at after the second, as it happens on a busy disk. */
const looked = vi.hoisted(() => new Set<string>());
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const lstat = async (path: string) => {
    const name = basename(path);
    if (name === 'first.txt') await vi.waitUntil(() => looked.has('second.txt'));
    const facts = await real.lstat(path);
    looked.add(name);
    return facts;
  };
  return { ...real, lstat };
});

const run = { tenant: 'acme', job: 'job_1', step: 'a', dispatch: 1, try: 0, run: 'run_1' };

/** Takes everything; what is named in `held` only when told to. */
async function openStorer(held: ReadonlyMap<string, Promise<void>> = new Map()) {
  const scratch = await mkdtemp(join(tmpdir(), 'farm-storer-'));
  onTestFinished(() => rm(scratch, { recursive: true, force: true }));
  const put = async (key: string, body: Readable) => {
    const bytes = (await buffer(body)).length;
    await held.get(key.split('/').at(-1) ?? '');
    return { bytes };
  };
  const store = { put } as unknown as ObjectStore;
  const storer = createOutputStorer({ store, run, scratch, signal: new AbortController().signal });
  const make = async (name: string): Promise<Output> => {
    const path = join(scratch, name);
    await writeFile(path, name);
    return { name, path, mediaType: 'text/plain' };
  };
  return { storer, make };
}

it('tells outputs in the order they were handed over, however they come to lie in the store', async () => {
  const { storer, make } = await openStorer();
  const names = ['first.txt', 'second.txt', 'third.txt', 'fourth.txt'];
  const outputs = await Promise.all(names.map(make));
  looked.clear();
  await storer.storeAll(outputs);
  expect([...looked].indexOf('second.txt')).toBeLessThan([...looked].indexOf('first.txt'));
  expect(storer.stored().map(({ name }) => name)).toEqual(names);
});

it('takes a newer version of one output while another is still on its way', async () => {
  let release = () => {};
  const held = new Map([['slow.txt', new Promise<void>((resolve) => (release = resolve))]]);
  const { storer, make } = await openStorer(held);
  const slow = storer.store(await make('slow.txt'));
  await storer.replace([await make('list.txt')]);
  await storer.replace([await make('list.txt')]);
  release();
  await slow;
  expect(storer.stored().map(({ name }) => name)).toEqual(['slow.txt', 'list.txt']);
});
