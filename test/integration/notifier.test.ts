/** Real PostgreSQL, real HTTP; the receivers verify with the two reference libraries. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { defaultNotifierConfig, type NotifierConfig } from '../../services/notifier/config.ts';
import { startNotifier } from '../../services/notifier/start-notifier.ts';
import { createDeliveries } from '../../shared/ledger/create-deliveries.ts';
import { type Database, openDatabase } from '../../shared/ledger/database.ts';
import { listDeliveries, retryDelivery } from '../../shared/ledger/deliveries.ts';
import { readTenantSecret } from '../../shared/ledger/tenant-secrets.ts';
import { createEndpoint, readEndpoint } from '../../shared/ledger/webhook-endpoints.ts';
import type { FarmEvent } from '../../shared/messages/event.ts';
import { newId } from '../../shared/messages/ids.ts';
import type { Job, JobStep, WebhookRequest } from '../../shared/messages/job.ts';
import { childTraceparent, traceIdOf } from '../../shared/trace-context.ts';
import { startProgram } from '../support/farm-processes.ts';
import { freshDatabase } from '../support/servers.ts';

const tenant = 'acme';
const patience = { timeout: 20_000, interval: 20 };
/** 5 s become 50 ms, 5 min 3 s. */
const fast: NotifierConfig = { ...defaultNotifierConfig, delayFactor: 0.01, outboundAllowCidrs: ['127.0.0.0/8'] };

let database: Database;
let databaseUrl: string;
const closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  const fresh = await freshDatabase();
  databaseUrl = fresh.url;
  closers.push(() => fresh.drop());
  const opened = openDatabase(fresh.url);
  closers.push(() => opened.close());
  database = opened;
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function notifier(config: Partial<NotifierConfig> = {}, ledger: Database = database) {
  const log = pino({ level: 'silent' });
  const part = await startNotifier({ ...fast, ...config }, { database: ledger, log });
  closers.push(() => part.close());
  return part;
}

interface Received {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (response: ServerResponse, nth: number, request: IncomingMessage) => void;
const ok: Answer = (response) => response.writeHead(204).end();

async function receiver(answer: Answer, host = '127.0.0.1') {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    received.push({ id: String(request.headers['webhook-id']), headers: request.headers, body });
    answer(response, received.length, request);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://${host}:${(server.address() as AddressInfo).port}/hook`, received };
}

const traceparent = childTraceparent();

/** A job that has just ended, with its deliveries, as the orchestrator's transaction leaves it. */
async function finishJob(
  options: { webhook?: WebhookRequest; type?: FarmEvent['type']; of?: string } = {},
): Promise<FarmEvent> {
  const jobId = newId('job');
  const owner = options.of ?? tenant;
  const job: Job = {
    ...({
      id: jobId,
      status: 'succeeded',
      progress: 1,
      priority: 'normal',
      runAt: null,
      inputs: {},
      steps: {},
    } as const),
    ...{ error: null, metadata: { order: 'Größe ✓' }, createdAt: '', startedAt: null, finishedAt: null },
  };
  const event: FarmEvent = {
    ...{ id: newId('evt'), type: options.type ?? 'job.succeeded', timestamp: new Date().toISOString(), sequence: 3 },
    data: { job },
  };
  await database.transaction(async (client) => {
    await client.query(
      `insert into jobs (id, tenant, status, priority, inputs, traceparent, request_id)
       values ($1, $2, 'succeeded', 'normal', '{}', $3, 'req_1')`,
      [jobId, owner, traceparent],
    );
    const webhook = options.webhook ?? null;
    await createDeliveries(client, { tenant: owner, jobId, event, webhook, traceparent });
  });
  return event;
}

async function deliveriesOf(jobId: string, of = tenant) {
  return (await listDeliveries(database, of, { jobId, limit: 100 })).deliveries;
}

async function onlyDelivery(event: FarmEvent) {
  const [delivery, ...more] = await deliveriesOf(event.data.job.id);
  if (!delivery || more.length > 0) throw new Error(`expected one delivery, found ${delivery ? more.length + 1 : 0}`);
  return delivery;
}

it("sends a job's own webhook, signed with the account secret, within a second", async () => {
  const { url, received } = await receiver(ok);
  await notifier();
  const event = await finishJob({ webhook: { url } });
  await vi.waitFor(() => expect(received).toHaveLength(1), patience);
  const [webhook] = received as [Received];
  const { secret } = await readTenantSecret(database, tenant);
  const headers = webhook.headers as Record<string, string>;
  expect(new Webhook(secret).verify(webhook.body, headers)).toEqual(event);
  expect(new SvixWebhook(secret).verify(webhook.body, headers)).toEqual(event);
  expect(webhook.id).toBe(event.id);
  expect(headers['content-type']).toBe('application/json');
  expect(traceIdOf(headers.traceparent ?? '')).toBe(traceIdOf(traceparent));
  await vi.waitFor(async () => expect((await onlyDelivery(event)).status).toBe('succeeded'), patience);
  const { createdAt, attempts } = await onlyDelivery(event);
  expect(attempts).toMatchObject([{ number: 1, statusCode: 204, error: null }]);
  expect(Date.parse(attempts[0]?.startedAt ?? '') - Date.parse(createdAt)).toBeLessThan(1000);
});

it('sends to every endpoint what it asked for, each with its own secret', async () => {
  const [all, ends] = [await receiver(ok), await receiver(ok)];
  const first = await createEndpoint(database, tenant, { url: all.url, events: ['step.*', 'job.succeeded'] });
  const second = await createEndpoint(database, tenant, { url: ends.url });
  await createEndpoint(database, 'somebody-else', { url: ends.url });
  await notifier();
  const step = await finishJob({ type: 'step.succeeded' });
  const end = await finishJob();
  await vi.waitFor(() => expect([all.received.length, ends.received.length]).toEqual([2, 1]), patience);
  expect(all.received.map((webhook) => webhook.id).sort()).toEqual([step.id, end.id].sort());
  const [webhook] = ends.received as [Received];
  const headers = webhook.headers as Record<string, string>;
  expect(new Webhook(second.secret).verify(webhook.body, headers)).toEqual(end);
  expect(() => new Webhook(first.secret).verify(webhook.body, headers)).toThrow();
});

it("lets a job's own webhook ask for a family of events", async () => {
  const { url, received } = await receiver(ok);
  await notifier();
  const webhook = { url, events: ['job.*'] };
  await finishJob({ webhook, type: 'step.failed' });
  const wanted = [await finishJob({ webhook, type: 'job.accepted' }), await finishJob({ webhook })];
  await vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(2), patience);
  expect(received.map((each) => each.id).sort()).toEqual(wanted.map((event) => event.id).sort());
});

it('tries a receiver that is down again, with the same id and a fresh signature', async () => {
  const { url, received } = await receiver((response, nth) => response.writeHead(nth < 3 ? 503 : 200).end('later'));
  await notifier();
  const event = await finishJob({ webhook: { url } });
  await vi.waitFor(async () => expect((await onlyDelivery(event)).status).toBe('succeeded'), patience);
  expect(received.map((webhook) => webhook.id)).toEqual([event.id, event.id, event.id]);
  const { secret } = await readTenantSecret(database, tenant);
  for (const webhook of received) {
    const headers = webhook.headers as Record<string, string>;
    expect(new Webhook(secret).verify(webhook.body, headers)).toEqual(event);
  }
  expect((await onlyDelivery(event)).attempts).toMatchObject([
    { number: 1, statusCode: 503, error: 'bad_status', responseExcerpt: 'later' },
    { number: 2, statusCode: 503, error: 'bad_status' },
    { number: 3, statusCode: 200, error: null },
  ]);
});

it('gives up after ten attempts and sends once more when asked', async () => {
  let status = 500;
  const { url, received } = await receiver((response) => response.writeHead(status).end());
  await notifier({ delayFactor: 1e-7 });
  const event = await finishJob({ webhook: { url } });
  await vi.waitFor(async () => expect((await onlyDelivery(event)).status).toBe('exhausted'), patience);
  expect(received).toHaveLength(10);
  status = 200;
  await retryDelivery(database, tenant, (await onlyDelivery(event)).id);
  await vi.waitFor(async () => expect((await onlyDelivery(event)).status).toBe('succeeded'), patience);
  expect((await onlyDelivery(event)).attempts.map((attempt) => attempt.number)).toEqual(
    Array.from({ length: 11 }, (_, index) => index + 1),
  );
  expect(await retryDelivery(database, 'somebody-else', (await onlyDelivery(event)).id)).toBeUndefined();
});

it('says what was wrong with receivers that answer nothing useful', async () => {
  const silent = await receiver(() => undefined);
  const elsewhere = await receiver(ok);
  const moved = await receiver((response) => response.writeHead(302, { location: elsewhere.url }).end());
  await notifier({ timeoutMs: 300, delayFactor: 1 });
  const events = [
    await finishJob({ webhook: { url: silent.url } }),
    await finishJob({ webhook: { url: moved.url } }),
    await finishJob({ webhook: { url: 'http://127.0.0.1:1/' } }),
    await finishJob({ webhook: { url: 'http://127.0.0.1:9/' } }),
    await finishJob({ webhook: { url: 'http://no-such-host.invalid/' } }),
  ];
  const expected = ['timeout', 'redirect', 'address_refused', 'address_refused', 'dns'];
  await vi.waitFor(async () => {
    const found = await Promise.all(events.map(async (event) => (await onlyDelivery(event)).attempts[0]?.error));
    expect(found).toEqual(expected);
  }, patience);
  expect(elsewhere.received).toEqual([]);
  expect((await onlyDelivery(events[0] as FarmEvent)).status).toBe('pending');
});

it('never calls a private address, and keeps nothing of it', async () => {
  const secret = await receiver((response) => response.end('metadata'));
  await notifier({ outboundAllowCidrs: [] });
  const event = await finishJob({ webhook: { url: secret.url } });
  await vi.waitFor(async () => expect((await onlyDelivery(event)).attempts).toHaveLength(1), patience);
  expect((await onlyDelivery(event)).attempts).toMatchObject([
    { statusCode: null, error: 'address_refused', responseExcerpt: null },
  ]);
  expect(secret.received).toEqual([]);
});

it('disables an endpoint that is gone and drops what waits for it', async () => {
  const { url, received } = await receiver((response) => response.writeHead(410).end());
  const endpoint = await createEndpoint(database, tenant, { url });
  const events = [await finishJob(), await finishJob(), await finishJob()];
  await notifier({ receiverConcurrency: 1 });
  await vi.waitFor(
    async () => expect((await readEndpoint(database, tenant, endpoint.id))?.disabledAt).not.toBeNull(),
    patience,
  );
  const statuses = await Promise.all(events.map(async (event) => (await onlyDelivery(event)).status));
  expect(statuses).toEqual(['cancelled', 'cancelled', 'cancelled']);
  expect(received).toHaveLength(1);
  const after = await finishJob();
  expect(await deliveriesOf(after.data.job.id)).toEqual([]);
});

it('takes several answers of 410 from one endpoint at the same moment', async () => {
  const waiting: ServerResponse[] = [];
  const { url } = await receiver((response) => {
    waiting.push(response);
    if (waiting.length === 4) for (const each of waiting) each.writeHead(410).end();
  });
  await createEndpoint(database, tenant, { url });
  const events = await Promise.all(Array.from({ length: 4 }, () => finishJob()));
  await notifier();
  await vi.waitFor(async () => {
    const found = await Promise.all(events.map((event) => onlyDelivery(event)));
    expect(found.map((delivery) => [delivery.status, delivery.attempts.length])).toEqual(
      events.map(() => ['cancelled', 1]),
    );
  }, patience);
});

it('keeps the first 16 KiB of an endless answer, and takes the status for what it is', async () => {
  const { url } = await receiver((response) => {
    response.writeHead(200);
    const more = () => void (response.destroyed || response.write('\0x'.repeat(5000), () => setImmediate(more)));
    more();
  });
  await notifier();
  const event = await finishJob({ webhook: { url } });
  await vi.waitFor(async () => expect((await onlyDelivery(event)).status).toBe('succeeded'), patience);
  const [attempt] = (await onlyDelivery(event)).attempts;
  expect(attempt?.responseExcerpt).toHaveLength(16_384);
  expect(attempt?.responseExcerpt?.slice(0, 4)).toBe('\uFFFDx\uFFFDx');
});

it('does not let a dead receiver hold up the others', async () => {
  const dead = await receiver(() => undefined);
  const alive = await receiver(ok);
  for (let count = 0; count < 40; count += 1) await finishJob({ webhook: { url: dead.url } });
  await notifier({ concurrency: 8, receiverConcurrency: 2, timeoutMs: 60_000, drainTimeoutMs: 0 });
  await vi.waitFor(() => expect(dead.received).toHaveLength(2), patience);
  const started = Date.now();
  for (let count = 0; count < 20; count += 1) await finishJob({ webhook: { url: alive.url } });
  await vi.waitFor(() => expect(alive.received).toHaveLength(20), patience);
  expect(Date.now() - started).toBeLessThan(5000);
  expect(dead.received).toHaveLength(2);
});

it('keeps to the limit of one receiver however much waits, and still sends everything', async () => {
  let open = 0;
  let most = 0;
  const { url, received } = await receiver((response) => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      response.end();
    }, 5);
  });
  for (let count = 0; count < 60; count += 1) await finishJob({ webhook: { url } });
  await notifier({ receiverConcurrency: 4 });
  await vi.waitFor(() => expect(received).toHaveLength(60), patience);
  expect(most).toBeLessThanOrEqual(4);
  expect(most).toBeGreaterThan(1);
});

it('shares the work between replicas without sending anything twice', async () => {
  const { url, received } = await receiver((response) => setTimeout(() => response.end(), 2));
  const events: FarmEvent[] = [];
  for (let count = 0; count < 100; count += 1) events.push(await finishJob({ webhook: { url } }));
  const second = openDatabase(databaseUrl);
  closers.push(() => second.close());
  await Promise.all([notifier({ concurrency: 5 }), notifier({ concurrency: 5 }, second)]);
  await vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(100), patience);
  await vi.waitFor(async () => {
    const open = await database.query(`select 1 from deliveries where status <> 'succeeded'`);
    expect(open.rowCount).toBe(0);
  }, patience);
  expect(received.map((webhook) => webhook.id).sort()).toEqual(events.map((event) => event.id).sort());
});

it('sends again with the same id when the notifier is killed between sending and recording', async () => {
  let kill: () => void = () => undefined;
  const { url, received } = await receiver((response, nth) => {
    if (nth === 1) kill();
    else response.writeHead(204).end();
  });
  const program = startProgram('services/notifier/main.ts', {
    FARM_DATABASE_URL: databaseUrl,
    FARM_OUTBOUND_ALLOW_CIDRS: '127.0.0.0/8',
  });
  const killed = new Promise((resolve) => {
    kill = () => void program.stop('SIGKILL').then(resolve);
  });
  const event = await finishJob({ webhook: { url } });
  await killed;
  expect(await onlyDelivery(event)).toMatchObject({ status: 'pending', attempts: [] });
  // What the clock does after 50 s.
  await database.query(`update deliveries set lease_until = now()`);
  await notifier();
  await vi.waitFor(async () => expect((await onlyDelivery(event)).status).toBe('succeeded'), patience);
  expect(received.map((webhook) => webhook.id)).toEqual([event.id, event.id]);
});

it('finishes what it is sending when it is closed, and gives back what takes too long', async () => {
  let finish: () => void = () => undefined;
  const slow = await receiver((response) => {
    finish = () => response.end();
  });
  const first = await notifier();
  const done = await finishJob({ webhook: { url: slow.url } });
  await vi.waitFor(() => expect(slow.received).toHaveLength(1), patience);
  const closing = first.close();
  finish();
  await closing;
  expect((await onlyDelivery(done)).status).toBe('succeeded');

  const stuck = await receiver((response, nth) => void (nth > 1 && response.end()));
  const impatient = await notifier({ drainTimeoutMs: 50 });
  const event = await finishJob({ webhook: { url: stuck.url } });
  await vi.waitFor(() => expect(stuck.received).toHaveLength(1), patience);
  await impatient.close();
  expect(await onlyDelivery(event)).toMatchObject({ status: 'pending', attempts: [] });
  await notifier();
  await vi.waitFor(async () => expect((await onlyDelivery(event)).status).toBe('succeeded'), patience);
  expect((await onlyDelivery(event)).attempts).toMatchObject([{ number: 1 }]);
});

it('leaves out the lists of outputs when an event is too large to send', async () => {
  const { url, received } = await receiver(ok);
  const big = await finishJob();
  const output = { name: 'x'.repeat(200), mediaType: 'video/mp4', bytes: 1, sha256: '', url: '' };
  const step: JobStep = {
    ...({ kind: 'transcode', status: 'succeeded', progress: 1, attempts: 1, error: null } as const),
    outputs: Array.from({ length: 2000 }, () => output),
  };
  const event = { ...big, id: newId('evt'), data: { job: { ...big.data.job, steps: { movie: step } } } };
  await createDeliveries(database, { tenant, jobId: big.data.job.id, event, webhook: { url }, traceparent });
  await notifier();
  await vi.waitFor(() => expect(received).toHaveLength(1), patience);
  expect(JSON.parse((received[0] as Received).body).data.job.steps.movie).toMatchObject({
    outputs: [],
    outputsOmitted: 2000,
  });
});

it('lists deliveries page by page, newest first, for their tenant only', async () => {
  const events: FarmEvent[] = [];
  for (let count = 0; count < 5; count += 1)
    events.push(await finishJob({ webhook: { url: 'http://127.0.0.1:9999/' } }));
  await finishJob({ webhook: { url: 'http://127.0.0.1:9999/' }, of: 'somebody-else' });
  const first = await listDeliveries(database, tenant, { limit: 3 });
  const second = await listDeliveries(database, tenant, { limit: 3, after: first.nextCursor ?? '' });
  expect([...first.deliveries, ...second.deliveries].map((delivery) => delivery.eventId)).toEqual(
    events.map((event) => event.id).reverse(),
  );
  expect(second.nextCursor).toBeNull();
});
