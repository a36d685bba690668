import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { makeApiKey } from '../../services/api/api-key-format.ts';
import type { Json } from '../support/farm-client.ts';
import { startProgram } from '../support/farm-processes.ts';
import { freshBucket, freshDatabase } from '../support/servers.ts';

const megabyte = Buffer.alloc(1024 * 1024, 'mediafarm ');
/** The small one loads what an upload needs; the rest is for parts in flight to S3 and what the collector has not yet taken. */
const small = 30;
const large = 300;
const maxGrowthBytes = 128 * 1024 * 1024;

async function upload(address: string, key: string, megabytes: number): Promise<Json> {
  const post = request(`${address}/v1/uploads?name=large.bin`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
  });
  const answered = new Promise<Json>((resolve, reject) => {
    post.once('response', (response) => resolve(json(response)));
    post.once('error', reject);
  });
  await pipeline(Readable.from(Array.from({ length: megabytes }, () => megabyte)), post);
  return await answered;
}

/** The most memory the process ever had, in bytes (Linux). */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

test.each(['files', 'S3'])('memory does not grow with an upload of 300 MB: %s', async (kind) => {
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'api-memory-'));
  const key = makeApiKey();
  const bucket = kind === 'S3' ? await freshBucket() : { url: `file://${folder}/store`, environment: {} };
  const api = startProgram('services/api/main.ts', {
    ...bucket.environment,
    FARM_STORE_URL: bucket.url,
    FARM_DATABASE_URL: database.url,
    FARM_BROKER_URL: 'memory:',
    FARM_DATA_DIR: folder,
    FARM_API_KEY: key,
    FARM_PORT: '0',
  });
  try {
    const { address } = JSON.parse(await api.line(/api\.listening/));
    await upload(address, key, small);
    const before = await peakOf(api.child.pid as number);
    const hash = createHash('sha256');
    for (let count = 0; count < large; count += 1) hash.update(megabyte);
    expect(await upload(address, key, large)).toMatchObject({
      bytes: large * megabyte.length,
      sha256: hash.digest('hex'),
    });
    const growth = (await peakOf(api.child.pid as number)) - before;
    expect(growth).toBeLessThan(maxGrowthBytes);
    expect(api.output()).not.toContain(key);
    expect(await api.stop()).toBe(0);
  } finally {
    await api.stop('SIGKILL');
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
});
