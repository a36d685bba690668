/** A RabbitMQ of our own that is killed, started again, and that loses its disk, while jobs run. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/farm-client.ts';
import { type RunningFarm, startRealFarm } from '../support/farm-processes.ts';
import { makePhoto } from '../support/make-media.ts';
import { type RabbitmqNode, startRabbitmq } from '../support/rabbitmq.ts';

let folder: string;
let node: RabbitmqNode;
let farm: RunningFarm;
let photo: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farm-broker-'));
  node = await startRabbitmq({ dir: folder });
  farm = await startRealFarm({ FARM_BROKER_URL: node.url, FARM_LEASE_DISPATCHED_MS: '20000' });
  photo = (await farm.client.upload('photo.jpg', await makePhoto(800, 600))).id;
});
afterAll(async () => {
  await farm.close();
  await node.close();
  await rm(folder, { recursive: true, force: true });
});

const submit = (count: number): Promise<Json[]> => {
  const steps = { it: { kind: 'resize', width: 1200, withoutEnlargement: false, format: 'avif' } };
  return Promise.all(Array.from({ length: count }, () => farm.client.submit({ input: photo, steps })));
};

async function expectAllSucceeded(jobs: readonly Json[]): Promise<void> {
  const done = await Promise.all(jobs.map((job) => farm.client.finished(job.id, 110_000)));
  expect(done.map((job) => job.status)).toEqual(jobs.map(() => 'succeeded'));
}

describe('a farm whose RabbitMQ', () => {
  it('is killed with -9 and started again finishes every job', { timeout: 180_000 }, async () => {
    const before = await submit(6);
    await node.kill();
    const during = await submit(3);
    await node.restart();
    await expectAllSucceeded([...before, ...during, ...(await submit(2))]);
  });

  it('loses its disk sends out anew what it held', { timeout: 240_000 }, async () => {
    const before = await submit(6);
    await node.kill();
    await rm(join(folder, 'mnesia'), { recursive: true, force: true });
    await mkdir(join(folder, 'mnesia'));
    await node.restart();
    await expectAllSucceeded([...before, ...(await submit(2))]);
  });
});
