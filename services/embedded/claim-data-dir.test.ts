import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { claimDataDir } from './claim-data-dir.ts';

let folder = '';
afterEach(() => rm(folder, { recursive: true, force: true }));

it('lets one farm at a time use a data directory and tells the second where the first is', async () => {
  folder = await mkdtemp(join(tmpdir(), 'claim-'));
  const first = await claimDataDir(folder);
  first.announce('http://127.0.0.1:8080');
  await expect(claimDataDir(folder)).rejects.toThrow(/already running.*http:\/\/127\.0\.0\.1:8080/);
  await first.release();
  const second = await claimDataDir(folder);
  await second.release();
});
