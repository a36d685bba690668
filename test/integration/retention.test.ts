import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clean } from '../../services/orchestrator/clean.ts';
import { defaultOrchestratorConfig, readOrchestratorProcessConfig } from '../../services/orchestrator/config.ts';
import { startOrchestrator } from '../../services/orchestrator/start-orchestrator.ts';
import type { NewJob } from '../../shared/ledger/new-job.ts';
import { readEvents } from '../../shared/ledger/read-events.ts';
import { readJob } from '../../shared/ledger/read-job.ts';
import { createUpload, readUpload } from '../../shared/ledger/uploads.ts';
import { openFileStore } from '../../shared/store/file-store.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { type Ledger, log, memoryBus, openLedger, submit } from '../support/ledger-fixture.ts';
import { until } from '../support/until.ts';

const retention = { ...defaultOrchestratorConfig.retention, jobsDays: 7, uploadsDays: 7 };

let folder: string;
let store: ObjectStore;
let ledger: Ledger;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farm-retention-'));
  store = await openFileStore(folder);
  ledger = await openLedger();
});
afterEach(async () => {
  await ledger.close();
  await rm(folder, { recursive: true, force: true });
});

const query = (sql: string, values: unknown[] = []) => ledger.database.query(sql, values);
const cleanUp = () => clean(ledger.database, store, retention);
const jobExists = async (id: string) => (await readJob(ledger.database, 'acme', id)) !== undefined;

async function keys(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { key } of store.list('')) found.push(key);
  return found;
}

/** With an output of its run, and what a try that failed left. */
async function jobWithFiles(days: number | undefined, change: Partial<NewJob> = {}) {
  const { id } = await submit(ledger.database, { a: 'input' }, change);
  const files = [`outputs/acme/${id}/a/1.0.run_x/files/a.webp`, `outputs/acme/${id}/a/1.1.run_y/files/a.webp`];
  for (const key of files) await store.put(key, Buffer.from('x'), { mediaType: 'image/webp' });
  if (days !== undefined) await finishedBefore(id, days);
  return { id, files };
}

const finishedBefore = (id: string, days: number) =>
  query(`update jobs set finished_at = now() - $2 * interval '1 day', status = 'succeeded' where id = $1`, [id, days]);

async function upload(id: string, days: number): Promise<string> {
  const objectKey = `uploads/acme/${id}`;
  await store.put(objectKey, Buffer.from('x'), { mediaType: 'image/jpeg' });
  const facts = { name: 'photo.jpg', bytes: 1, sha256: 'abc', mediaType: 'image/jpeg' };
  await createUpload(ledger.database, { id, tenant: 'acme', objectKey, ...facts });
  await query(`update uploads set created_at = now() - $2 * interval '1 day' where id = $1`, [id, days]);
  return objectKey;
}

const reading = (key: string): Partial<NewJob> => ({
  inputs: { input: { source: { key }, name: 'a.webp', bytes: 1, mediaType: 'image/webp', sha256: 'abc' } },
});

describe('jobs past their time', () => {
  it('go with all they stored; younger ones and open ones stay with theirs', async () => {
    const old = await jobWithFiles(8);
    const young = await jobWithFiles(6);
    const open = await jobWithFiles(undefined);
    await query(`update jobs set created_at = now() - interval '99 days'`);
    const bus = memoryBus();
    const config = { ...defaultOrchestratorConfig, cleanEveryMs: 20, retention };
    const orchestrator = await startOrchestrator(config, { database: ledger.database, bus, store, log });
    await until(async () => !(await jobExists(old.id)), 'the old job to go');
    await orchestrator.close();
    await bus.close();
    expect(await readEvents(ledger.database, 'acme', old.id, 0)).toEqual([]);
    expect([await jobExists(young.id), await jobExists(open.id)]).toEqual([true, true]);
    expect(await keys()).toEqual([...young.files, ...open.files].sort());
  });

  it('go all, however many there are', async () => {
    for (let count = 0; count < 45; count++) await jobWithFiles(8);
    await cleanUp();
    expect((await query('select id from jobs')).rows).toEqual([]);
    expect(await keys()).toEqual([]);
  });

  it('are kept for ever unless days are named', async () => {
    const old = await jobWithFiles(9999);
    await clean(ledger.database, store, defaultOrchestratorConfig.retention);
    expect(await jobExists(old.id)).toBe(true);
    expect(await keys()).toEqual(old.files);
  });

  it('wait while an unfinished job reads an output of theirs', async () => {
    const old = await jobWithFiles(8);
    const reader = await jobWithFiles(undefined, reading(old.files[0] ?? ''));
    await cleanUp();
    expect(await jobExists(old.id)).toBe(true);
    expect(await keys()).toContain(old.files[0]);
    await finishedBefore(reader.id, 1);
    await cleanUp();
    expect(await jobExists(old.id)).toBe(false);
    expect(await keys()).toEqual(reader.files);
  });

  it('are left alone, bytes and all, while somebody changes them', async () => {
    const old = await jobWithFiles(8);
    await ledger.database.transaction(async (client) => {
      await client.query('select 1 from jobs where id = $1 for update', [old.id]);
      await cleanUp();
      await client.query('update jobs set finished_at = null where id = $1', [old.id]);
    });
    await cleanUp();
    expect(await jobExists(old.id)).toBe(true);
    expect(await keys()).toEqual(old.files);
  });

  it('stay in the ledger while the store is away, and go afterwards', async () => {
    const old = await jobWithFiles(8);
    const away: ObjectStore = { ...store, delete: () => Promise.reject(new Error('the store is away')) };
    await expect(clean(ledger.database, away, retention)).rejects.toThrow('the store is away');
    expect(await jobExists(old.id)).toBe(true);
    await cleanUp();
    expect(await jobExists(old.id)).toBe(false);
    expect(await keys()).toEqual([]);
  });
});

describe('uploads past their time', () => {
  it('go unless an unfinished job uses them', async () => {
    await upload('up_old', 8);
    const young = await upload('up_young', 6);
    const used = await upload('up_used', 8);
    const { id, files } = await jobWithFiles(undefined, reading(used));
    await cleanUp();
    expect(await keys()).toEqual([...files, young, used].sort());
    expect(await readUpload(ledger.database, 'acme', 'up_old')).toBeUndefined();
    expect(await readUpload(ledger.database, 'acme', 'up_used')).toBeDefined();
    await finishedBefore(id, 1);
    await cleanUp();
    expect(await keys()).toEqual([...files, young].sort());
  });

  it('whose bytes were left by a crash or an absent store lose them the next time', async () => {
    await upload('up_old', 8);
    const away: ObjectStore = { ...store, delete: () => Promise.reject(new Error('the store is away')) };
    await expect(clean(ledger.database, away, retention)).rejects.toThrow('the store is away');
    expect(await readUpload(ledger.database, 'acme', 'up_old')).toBeUndefined();
    expect(await keys()).toHaveLength(1);
    await cleanUp();
    expect(await keys()).toEqual([]);
    expect((await query('select id from uploads')).rows).toEqual([]);
  });
});

it('an orchestrator that is to delete what jobs stored must be told where that is', () => {
  const environment = { FARM_DATABASE_URL: 'postgres://farm@localhost/farm', FARM_BROKER_URL: 'memory:' };
  expect(readOrchestratorProcessConfig(environment).storeUrl).toBeUndefined();
  expect(() => readOrchestratorProcessConfig({ ...environment, FARM_RETENTION_DAYS: '7' })).toThrow('FARM_STORE_URL');
  const told = { ...environment, FARM_RETENTION_DAYS: '7', FARM_STORE_URL: 's3://media' };
  expect(readOrchestratorProcessConfig(told).storeUrl).toBe('s3://media');
});
