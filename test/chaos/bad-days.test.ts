/** One sentence: whatever goes away, every accepted job ends in exactly one terminal event. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CutProxy, proxyFor, through } from '../support/cut-proxy.ts';
import { type RunningFarm, startRealFarm } from '../support/farm-processes.ts';
import { makePhoto } from '../support/make-media.ts';
import { freshBucket, freshDatabase, freshVhost } from '../support/servers.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

let farm: RunningFarm;
let receiver: WebhookReceiver;
let broker: CutProxy;
let ledger: CutProxy;
let store: CutProxy;
let photo: string;

beforeAll(async () => {
  const [database, vhost, bucket] = await Promise.all([freshDatabase(), freshVhost(), freshBucket()]);
  const endpoint = bucket.environment.AWS_ENDPOINT_URL_S3 ?? '';
  [broker, ledger, store] = await Promise.all([proxyFor(vhost.url), proxyFor(database.url), proxyFor(endpoint)]);
  receiver = await startWebhookReceiver();
  farm = await startRealFarm({
    FARM_BROKER_URL: through(broker, vhost.url),
    FARM_DATABASE_URL: through(ledger, database.url),
    FARM_STORE_URL: bucket.url,
    AWS_ENDPOINT_URL_S3: through(store, endpoint).replace(/\/$/, ''),
  });
  photo = (await farm.client.upload('photo.jpg', await makePhoto(400, 300))).id;
  receiver.trust((await farm.client.call('GET', '/v1/webhook-secret')).body.secret);
});
afterAll(async () => {
  await Promise.all([farm.close(), receiver.close()]);
  await Promise.all([broker.close(), ledger.close(), store.close()]);
});

const thumb = (params: object = { width: 64 }) => ({
  input: photo,
  steps: { thumb: { kind: 'resize', ...params } },
  webhook: { url: receiver.url },
});
/** About a second of work, so that a kill hits the middle of it. */
const slow = () => thumb({ width: 1600, height: 1200, withoutEnlargement: false, format: 'avif' });

describe('a farm whose', () => {
  it('broker is away accepts jobs, says why on readyz, and runs them when the broker is back', async () => {
    broker.cut();
    const jobs = await Promise.all(Array.from({ length: 5 }, () => farm.client.submit(thumb())));
    const unready = await untilReady(503);
    expect(JSON.stringify(unready)).toMatch(/broker|RabbitMQ/i);
    expect((await farm.client.call('GET', `/v1/jobs/${jobs[0].id}`)).body.status).toBe('queued');
    broker.restore();
    await expectAllSucceeded(jobs);
    await untilReady(200);
  });

  it('ledger is away answers 503, writes nothing by halves, and goes on when it is back', async () => {
    const before = await countJobs();
    ledger.cut();
    const refused = await farm.client.call('POST', '/v1/jobs', { body: thumb() });
    expect(refused).toMatchObject({ status: 503, body: { code: 'ledger_unavailable' } });
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    await untilReady(503);
    ledger.restore();
    await untilReady(200);
    expect(await countJobs()).toBe(before);
    await expectAllSucceeded([await farm.client.submit(thumb())]);
  });

  it('store is away tries the step again until the store is back', async () => {
    store.cut();
    const job = await farm.client.submit(thumb());
    await farm.programs
      .get('worker-image')
      ?.line(new RegExp(`${job.id}.*"outcome":"retry"|"outcome":"retry".*${job.id}`));
    store.restore();
    const done = await farm.client.finished(job.id);
    expect(done).toMatchObject({ status: 'succeeded', error: null });
    expect(done.steps.thumb.attempts).toBeGreaterThan(1);
  });

  it('workers are killed at random still ends every job once, with one webhook each', async () => {
    const jobs = await Promise.all(Array.from({ length: 12 }, () => farm.client.submit(slow())));
    for (const name of ['worker-image', 'worker-second', 'worker-image']) {
      farm.start('worker-second', 'workers/main.ts', { FARM_WORKER_KINDS: 'resize', FARM_WORKER_CONCURRENCY: '2' });
      await farm.programs.get('worker-second')?.line(/worker\.started/);
      await farm.programs.get(name)?.stop('SIGKILL');
      farm.start(name, 'workers/main.ts', { FARM_WORKER_KINDS: 'resize', FARM_WORKER_CONCURRENCY: '2' });
    }
    await expectAllSucceeded(jobs);
  });

  it('orchestrator is killed catches up when it is started again', async () => {
    await farm.programs.get('orchestrator')?.stop('SIGKILL');
    const jobs = await Promise.all(Array.from({ length: 5 }, () => farm.client.submit(thumb())));
    farm.start('orchestrator', 'services/orchestrator/main.ts');
    await expectAllSucceeded(jobs);
  });
});

describe('a part that is started while PostgreSQL is away', () => {
  it('waits for it, and obeys a stop meanwhile', async () => {
    ledger.cut();
    const waiting = farm.start('waiting', 'services/notifier/main.ts');
    await waiting.line(/ledger\.awaited/);
    expect(await waiting.stop()).toBe(0);
    const patient = farm.start('patient', 'services/notifier/main.ts');
    await patient.line(/ledger\.awaited/);
    ledger.restore();
    await untilReady(200);
    expect(await patient.stop()).toBe(0);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: jobs as a customer reads them
async function expectAllSucceeded(jobs: any[]): Promise<void> {
  const done = await Promise.all(jobs.map((job) => farm.client.finished(job.id, 100_000)));
  expect(done.map((job) => job.status)).toEqual(jobs.map(() => 'succeeded'));
  for (const job of jobs) {
    await receiver.next(`the webhook of ${job.id}`, (hook) => hook.body.data.job.id === job.id);
    const ids = receiver.received
      .filter((hook) => hook.body.data.job.id === job.id)
      .map((hook) => hook.headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
  }
}

async function countJobs(): Promise<number> {
  const { body } = await farm.client.call('GET', '/v1/jobs?limit=100');
  return body.data.length;
}

async function untilReady(status: number, timeoutMs = 30_000): Promise<unknown> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const response = await fetch(new URL('/readyz', farm.client.address));
    const body = await response.json();
    if (response.status === status) return body;
    if (Date.now() > deadline)
      throw new Error(`readyz did not answer ${status} within ${timeoutMs} ms: ${JSON.stringify(body)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
