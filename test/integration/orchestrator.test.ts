import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultOrchestratorConfig, type OrchestratorConfig } from '../../services/orchestrator/config.ts';
import { startOrchestrator } from '../../services/orchestrator/start-orchestrator.ts';
import { cancelJob } from '../../shared/ledger/cancel-job.ts';
import { openDatabase } from '../../shared/ledger/database.ts';
import { readEvents } from '../../shared/ledger/read-events.ts';
import { readJob } from '../../shared/ledger/read-job.ts';
import { retryJob } from '../../shared/ledger/retry-job.ts';
import { submitJobs } from '../../shared/ledger/submit-jobs.ts';
import { type ControlMessage, controlMessage, type TaskReport } from '../../shared/messages/report.ts';
import type { Part } from '../../shared/part.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import { openBus } from '../../shared/queue/open-bus.ts';
import { exchanges, jobRoutingKey } from '../../shared/queue/topology.ts';
import { type CutProxy, proxyFor, through } from '../support/cut-proxy.ts';
import {
  type FakeWorkers,
  type Ledger,
  log,
  memoryBus,
  openLedger,
  planJob,
  publishReport,
  reportOf,
  retryDelaysMs,
  startFakeWorkers,
  submit,
  succeed,
  type TaskAtWorker,
  taskOf,
  topology,
} from '../support/ledger-fixture.ts';
import { freshVhost } from '../support/servers.ts';
import { until } from '../support/until.ts';

const quick: OrchestratorConfig = {
  ...defaultOrchestratorConfig,
  ...{ relayEveryMs: 50, progressEveryMs: 20, watchEveryMs: 20, epochEveryMs: 50, epochSettleMs: 0 },
  deadLetterGraceMs: 50,
  leases: { dispatchedMs: 60_000, runningMs: 60_000, retryDelaysMs, maxLost: 3 },
};

let ledger: Ledger;
let opened: { close(): Promise<unknown> }[];
beforeEach(async () => {
  ledger = await openLedger();
  opened = [];
});
afterEach(async () => {
  for (const one of opened.reverse()) await one.close();
  await ledger.close();
});

function own<T extends { close(): Promise<unknown> }>(one: T): T {
  opened.push(one);
  return one;
}

const openMemory = async () => own(memoryBus());
async function openAmqp(): Promise<Bus> {
  const vhost = await freshVhost();
  opened.push({ close: () => vhost.drop() });
  return own(await openBus({ urls: [vhost.url], topology, log, name: 'test' }));
}

async function orchestrate(bus: Bus, change: Partial<OrchestratorConfig> = {}): Promise<Part> {
  return own(await startOrchestrator({ ...quick, ...change }, { database: ledger.database, bus, log }));
}

const work = (bus: Bus, behave?: (at: TaskAtWorker) => Promise<void>, slots?: number): FakeWorkers =>
  own(startFakeWorkers(bus, behave, slots));

async function ended(jobId: string, timeoutMs = 30_000) {
  const look = async () => {
    const job = (await readJob(ledger.database, 'acme', jobId))?.job;
    return job?.finishedAt ? job : undefined;
  };
  return await until(look, `the end of ${jobId}`, timeoutMs);
}

async function endings(jobId: string) {
  const events = await readEvents(ledger.database, 'acme', jobId, 0);
  return events.map(({ type }) => type).filter((type) => /^job\.(succeeded|failed|cancelled)$/.test(type));
}

const diamond = { a: 'input', b: ['a'], c: ['a/a.webp'], d: ['b', 'c', 'input'] };

describe.each([
  { name: 'memory-bus', open: openMemory },
  { name: 'RabbitMQ', open: openAmqp },
])('on $name', ({ open }) => {
  it('runs a diamond of steps to its end, each once and in order', async () => {
    const bus = await open();
    await orchestrate(bus);
    const workers = work(bus);
    const job = await ended((await submit(ledger.database, diamond)).id);
    expect(job).toMatchObject({ status: 'succeeded', progress: 1 });
    const order = workers.taken.map(({ step }) => step);
    expect([order[0], order.slice(1, 3).sort(), order[3], order.length]).toEqual(['a', ['b', 'c'], 'd', 4]);
    expect(workers.taken[3]?.inputs.map(({ reference }) => reference)).toEqual(['b/b.webp', 'c/c.webp', 'input']);
    expect(await endings(job.id)).toEqual(['job.succeeded']);
  });

  it('publishes every event of a job on farm.events', async () => {
    const bus = await open();
    const heard: string[] = [];
    const listener = bus.listen(exchanges.events, 'acme.#', (_, routingKey) => heard.push(routingKey));
    await until(() => listener.live, 'the listener to be live');
    await orchestrate(bus);
    work(bus);
    await ended((await submit(ledger.database, { a: 'input' })).id);
    await until(() => heard.includes('acme.job.succeeded.info'), 'job.succeeded on farm.events');
    const expected = ['accepted.info', 'started.info', 'succeeded.info'].map((what) => `acme.job.${what}`);
    await until(() => expected.every((key) => heard.includes(key)), `all of ${expected}, heard ${heard}`);
    await listener.stop();
  });

  it('ends 20 jobs once and right when every report comes twice and in any order', async () => {
    const bus = await open();
    await orchestrate(bus);
    const shuffle = async (at: TaskAtWorker) => {
      const verdict = at.task.step === 'c' && Number(at.task.job.charCodeAt(29)) % 3 === 0 ? 'failed' : 'succeeded';
      const what: TaskReport['what'][] = ['started', 'progress', verdict];
      const shuffled = [...what, ...what].map((one) => ({ one, key: Math.random() })).sort((x, y) => x.key - y.key);
      await Promise.all(shuffled.map(({ one }) => at.report(one, one === 'progress' ? { fraction: 0.5 } : {})));
      at.delivery.ack();
    };
    const workers = work(bus, shuffle);
    const jobs = await ledger.database.transaction((client) =>
      submitJobs(
        client,
        Array.from({ length: 20 }, () => planJob(diamond)),
      ),
    );
    for (const { id } of jobs) {
      const job = await ended(id);
      const failed = job.steps.c?.status === 'failed';
      expect(job.status).toBe(failed ? 'failed' : 'succeeded');
      expect(job.steps.d?.status).toBe(failed ? 'skipped' : 'succeeded');
      expect(await endings(id)).toEqual([`job.${job.status}`]);
      const runs = workers.taken.filter((task) => task.job === id).map(({ step }) => step);
      expect(runs.sort()).toEqual(failed ? ['a', 'b', 'c'] : ['a', 'b', 'c', 'd']);
    }
  });

  it('cancels running work, ignores what it says, and runs it again on retry', async () => {
    const bus = await open();
    await orchestrate(bus);
    const heard: unknown[] = [];
    const listener = bus.listen(exchanges.control, '#', (body) => heard.push(controlMessage.parse(body)));
    await until(() => listener.live, 'the listener to be live');
    const held: TaskAtWorker[] = [];
    work(bus, async (at) => {
      if (at.task.dispatch > 1) return await succeed(at);
      held.push(at);
      await at.report('started');
    });
    const { id } = await submit(ledger.database, { a: 'input' });
    const [at] = await until(() => held.length > 0 && held, 'the task at a worker');
    await until(async () => (await readJob(ledger.database, 'acme', id))?.job.status === 'running', 'the job to run');
    await cancelJob(ledger.database, 'acme', id);
    // Another run of it begins late: its message lay in a queue when the cancel was broadcast.
    await at?.report('started', { run: 'run_zz' });
    await until(() => heard.length > 0, 'the cancel told again');
    expect(heard[0]).toMatchObject({ what: 'cancel', job: id, step: 'a', dispatch: 1 });
    await at?.report('succeeded');
    at?.delivery.ack();
    await retryJob(ledger.database, 'acme', id);
    expect((await ended(id)).status).toBe('succeeded');
    expect(await endings(id)).toEqual(['job.cancelled', 'job.succeeded']);
    await listener.stop();
  });

  it('tells a run to stop whose step was sent out anew or has ended', async () => {
    const bus = await open();
    await orchestrate(bus);
    const { id } = await submit(ledger.database, { a: 'input' });
    work(bus);
    const job = await ended(id);
    for (const dispatch of [0, 1]) {
      const heard: ControlMessage[] = [];
      const listener = bus.listen(exchanges.control, '#', (body) => heard.push(controlMessage.parse(body)));
      await until(() => listener.live, 'the listener to be live');
      await publishReport(bus, reportOf(taskOf(job, 'a', { dispatch }), 'started'));
      const told = () => heard.find((message) => message.dispatch === dispatch);
      const message = await until(told, `the run of dispatch ${dispatch} to be stopped`);
      expect(message).toMatchObject({ what: 'cancel', job: id, step: 'a' });
      await listener.stop();
    }
  });

  it('keeps a dead letter and fails its step, unless the worker said why', async () => {
    const bus = await open();
    await orchestrate(bus, { deadLetterGraceMs: 500 });
    const error = { code: 'scratch_full', message: 'No room.' };
    work(bus, async (at) => {
      if (at.task.step === 'told') await at.report('failed', { error });
      at.delivery.reject();
    });
    const untold = await ended((await submit(ledger.database, { untold: 'input' })).id);
    const told = await ended((await submit(ledger.database, { told: 'input' })).id);
    expect([untold.error?.code, told.error?.code]).toEqual(['worker_lost', 'scratch_full']);
    const kept = async () =>
      (await ledger.database.query('select routing_key from dead_letters')).rows.map((row) => row.routing_key);
    await until(async () => (await kept()).length === 2, 'two rows in dead_letters');
    expect(await kept()).toEqual([jobRoutingKey('resize', 'std'), jobRoutingKey('resize', 'std')]);
  });

  it('shares the work between two orchestrators', async () => {
    const bus = await open();
    await Promise.all([orchestrate(bus), orchestrate(bus)]);
    const workers = work(bus);
    const jobs = await ledger.database.transaction((client) =>
      submitJobs(
        client,
        Array.from({ length: 30 }, () => planJob({ a: 'input', b: ['a'] })),
      ),
    );
    for (const { id } of jobs) {
      expect((await ended(id)).status).toBe('succeeded');
      expect(await endings(id)).toEqual(['job.succeeded']);
    }
    expect(workers.taken).toHaveLength(60);
  });
});

async function leaseOf(jobId: string): Promise<Date | undefined> {
  const rows = await ledger.database.query(`select lease_until from steps where job_id = $1 and status = 'running'`, [
    jobId,
  ]);
  return rows.rows[0]?.lease_until;
}

describe('silence', () => {
  it('sends a step out anew when its worker stops beating, and fails it when that happens too often', async () => {
    const bus = await openMemory();
    await orchestrate(bus, { leases: { ...quick.leases, runningMs: 300 } });
    const dispatches: number[] = [];
    work(bus, async (at) => {
      if (at.task.step === 'lucky' && at.task.dispatch === 2) return await succeed(at);
      dispatches.push(at.task.dispatch);
      await at.report('started');
    });
    const lucky = await ended((await submit(ledger.database, { lucky: 'input' })).id);
    expect(lucky.status).toBe('succeeded');
    expect(dispatches).toEqual([1]);
    const unlucky = await ended((await submit(ledger.database, { unlucky: 'input' })).id);
    expect(unlucky.error).toMatchObject({ code: 'worker_lost', step: 'unlucky' });
    expect(dispatches).toEqual([1, 1, 2, 3]);
  });

  it('leaves a worker alone that beats', async () => {
    const bus = await openMemory();
    await orchestrate(bus, { leases: { ...quick.leases, runningMs: 400 } });
    const workers = work(bus, async (at) => {
      await at.report('started');
      const beat = setInterval(() => void at.report('progress', { fraction: 0.1 }), 50);
      const first = Number(await until(() => leaseOf(at.task.job), 'the first lease'));
      await until(async () => Number(await leaseOf(at.task.job)) > first + 1200, 'three leases of beating');
      clearInterval(beat);
      await at.report('succeeded');
      at.delivery.ack();
    });
    const job = await ended((await submit(ledger.database, { a: 'input' })).id);
    expect([job.status, workers.taken.length, job.steps.a?.attempts]).toEqual(['succeeded', 1, 1]);
  });

  it('waits for a step that merely stands in a long queue', async () => {
    const bus = await openMemory();
    await orchestrate(bus, { leases: { ...quick.leases, dispatchedMs: 100, runningMs: 100 } });
    const { id } = await submit(ledger.database, { a: 'input' });
    const lease = async () => {
      const rows = await ledger.database.query('select lease_until, dispatch from steps where job_id = $1', [id]);
      return rows.rows[0] as { lease_until: Date | null; dispatch: number };
    };
    const first = await until(async () => (await lease()).lease_until, 'the dispatch');
    await until(async () => Number((await lease()).lease_until) > Number(first) + 300, 'the lease to be extended');
    expect((await lease()).dispatch).toBe(1);
    work(bus);
    expect((await ended(id)).steps.a?.attempts).toBe(1);
  });
});

describe('a broker that forgets', () => {
  it('sends everything out anew on an empty memory-bus, as after kill -9 of the whole farm', async () => {
    const before = await openMemory();
    const first = await orchestrate(before);
    const held: TaskAtWorker[] = [];
    const dying = work(
      before,
      async (at) => {
        held.push(at);
        await at.report('started');
      },
      1,
    );
    const jobs = await ledger.database.transaction((client) =>
      submitJobs(
        client,
        Array.from({ length: 5 }, () => planJob({ a: 'input' })),
      ),
    );
    const sent = `select count(*)::int as n from steps where dispatched_at is not null`;
    await until(async () => (await ledger.database.query(sent)).rows[0].n === 5, 'five dispatches');
    await until(() => held.length > 0, 'a running task');
    await Promise.all([first.close(), dying.close()]);
    const after = await openMemory();
    await orchestrate(after);
    const workers = work(after);
    for (const { id } of jobs) expect((await ended(id)).status).toBe('succeeded');
    expect(workers.taken.map(({ dispatch }) => dispatch)).toEqual([2, 2, 2, 2, 2]);
  });

  it('notices that RabbitMQ lost its queues', async () => {
    const bus = await openAmqp();
    const first = await orchestrate(bus);
    const jobs = await ledger.database.transaction((client) =>
      submitJobs(
        client,
        Array.from({ length: 3 }, () => planJob({ a: 'input' })),
      ),
    );
    const sent = `select count(*)::int as n from steps where dispatched_at is not null`;
    await until(async () => (await ledger.database.query(sent)).rows[0].n === 3, 'three dispatches');
    await until(async () => (await bus.readEpoch()) !== undefined, 'the epoch');
    await first.close();
    // Another vhost is another disk: it has the topology and nothing in it.
    const empty = await openAmqp();
    await orchestrate(empty);
    const workers = work(empty);
    for (const { id } of jobs) expect((await ended(id)).status).toBe('succeeded');
    expect(workers.taken.map(({ dispatch }) => dispatch)).toEqual([2, 2, 2]);
  });

  it('trusts a restarted orchestrator on the same broker to send nothing twice', async () => {
    const bus = await openAmqp();
    const first = await orchestrate(bus);
    const { id } = await submit(ledger.database, { a: 'input' });
    const sent = `select count(*)::int as n from steps where dispatched_at is not null`;
    await until(async () => (await ledger.database.query(sent)).rows[0].n === 1, 'the dispatch');
    await first.close();
    await orchestrate(bus);
    const workers = work(bus);
    await ended(id);
    expect(workers.taken.map(({ dispatch }) => dispatch)).toEqual([1]);
  });
});

describe('outages', () => {
  const throughProxy = async (url: string): Promise<{ proxy: CutProxy; url: string }> => {
    const proxy = own(await proxyFor(url));
    return { proxy, url: through(proxy, url) };
  };

  it('lets accepted jobs wait while RabbitMQ is away, and runs them when it is back', async () => {
    const vhost = await freshVhost();
    opened.push({ close: () => vhost.drop() });
    const { proxy, url } = await throughProxy(vhost.url);
    const bus = own(await openBus({ urls: [url], topology, log, name: 'test' }));
    const part = await orchestrate(bus);
    work(bus);
    expect((await ended((await submit(ledger.database, { a: 'input' })).id)).status).toBe('succeeded');
    proxy.cut();
    await until(() => !bus.health().ok, 'the bus to notice', 20_000);
    const jobs = await ledger.database.transaction((client) =>
      submitJobs(
        client,
        Array.from({ length: 5 }, () => planJob(diamond)),
      ),
    );
    expect((await part.health()).find((health) => health.name === 'broker')?.ok).toBe(false);
    proxy.restore();
    for (const { id } of jobs) {
      expect((await ended(id, 60_000)).status).toBe('succeeded');
      expect(await endings(id)).toEqual(['job.succeeded']);
    }
  });

  it('writes nothing by halves while PostgreSQL comes and goes, and loses no report', async () => {
    const { proxy, url } = await throughProxy(ledger.url);
    const database = own(openDatabase(url, { maxConnections: 16 }));
    const bus = await openMemory();
    own(await startOrchestrator(quick, { database, bus, log }));
    work(bus);
    const jobs = await ledger.database.transaction((client) =>
      submitJobs(
        client,
        Array.from({ length: 40 }, () => planJob(diamond, { webhook: { url: 'https://x.example/' } })),
      ),
    );
    const finished = async () =>
      (await ledger.database.query('select count(*)::int as n from jobs where finished_at is not null')).rows[0].n;
    for (const part of [4, 12, 24]) {
      await until(async () => (await finished()) >= part, `${part} finished jobs`, 60_000);
      proxy.cut();
      await until(async () => !(await database.health()).ok, 'the ledger to be away');
      proxy.restore();
    }
    for (const { id } of jobs) {
      expect((await ended(id, 60_000)).status).toBe('succeeded');
      expect(await endings(id)).toEqual(['job.succeeded']);
    }
    const whole = await ledger.database.query(
      `select count(*)::int as n from jobs where sequence = (select max(sequence) from events where job_id = jobs.id)
         and (select count(*) from deliveries where job_id = jobs.id) = 1
         and not exists (select 1 from steps where job_id = jobs.id and status <> 'succeeded')`,
    );
    expect(whole.rows[0].n).toBe(40);
  });
});
