import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Bridge } from './access.ts';
import { bridgeHole } from './bridge-hole.ts';

/** Ten bytes of head, a hole of forty, ten bytes more. */
async function bridged(bridge: Pick<Bridge, 'element'>, hole = 0): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'farm-hole-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'input');
  await writeFile(path, Buffer.concat([Buffer.alloc(10, 0xaa), Buffer.alloc(40, hole), Buffer.alloc(10, 0xaa)]));
  await bridgeHole(path, { ...bridge, at: 10, bytes: 40 });
  return (await readFile(path)).toString('hex');
}

const around = (inside: string) => `${'aa'.repeat(10)}${inside.padEnd(80, '0')}${'aa'.repeat(10)}`;

it('fills a hole with a box of a size in eight bytes', async () => {
  expect(await bridged({ element: 'free' })).toBe(
    around(`00000001${Buffer.from('free').toString('hex')}0000000000000028`),
  );
});

it('fills a hole with an element that counts what follows its header', async () => {
  expect(await bridged({ element: 'void' })).toBe(around('ec010000000000001f'));
});

it('leaves a file alone that has no hole there', async () => {
  expect(await bridged({ element: 'free' }, 0xbb)).toBe(around('bb'.repeat(40)));
});
