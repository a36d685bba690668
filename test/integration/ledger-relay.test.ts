import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { announceCancel } from '../../shared/ledger/announce-cancel.ts';
import { applyReport } from '../../shared/ledger/apply-report.ts';
import { cancelJob } from '../../shared/ledger/cancel-job.ts';
import type { Database } from '../../shared/ledger/database.ts';
import type { NewJob } from '../../shared/ledger/new-job.ts';
import { readEvents } from '../../shared/ledger/read-events.ts';
import { readJob } from '../../shared/ledger/read-job.ts';
import { relayDispatches } from '../../shared/ledger/relay-dispatches.ts';
import { relayEvents } from '../../shared/ledger/relay-events.ts';
import { submitJobs } from '../../shared/ledger/submit-jobs.ts';
import { type TaskMessage, taskMessage } from '../../shared/messages/task.ts';
import type { Bus, OutgoingMessage } from '../../shared/queue/bus.ts';
import { exchanges, priorityClasses, workQueue } from '../../shared/queue/topology.ts';
import {
  type Ledger,
  log,
  memoryBus,
  openLedger,
  outputOf,
  planJob,
  reportOf,
  submit,
  taskOf,
} from '../support/ledger-fixture.ts';
import { until } from '../support/until.ts';

/** The least the relay allows a work queue, whoever is there to take. */
const room = 16;

let ledger: Ledger;
let bus: Bus;
beforeEach(async () => {
  ledger = await openLedger();
  bus = memoryBus();
});
afterEach(async () => {
  await bus.close();
  await ledger.close();
});

const relay = (over: { database?: Database; bus?: Bus } = {}, jobIds?: readonly string[]) =>
  relayDispatches({ database: ledger.database, bus, log, ...over }, jobIds);

const submitMany = (count: number, change: Partial<NewJob>) =>
  ledger.database.transaction((client) =>
    submitJobs(
      client,
      Array.from({ length: count }, () => planJob({ a: 'input' }, change)),
    ),
  );

/** Everything that lies in the work queues of resize, in the order workers would get it. */
async function takeAll(from: Bus = bus): Promise<readonly TaskMessage[]> {
  const slot = from.openSlot();
  const queues = priorityClasses.map((priorityClass) => workQueue('resize', priorityClass));
  const tasks: TaskMessage[] = [];
  for (let next = await slot.tryTake(queues); next; next = await slot.tryTake(queues)) {
    tasks.push(taskMessage.parse(next.body));
    next.ack();
  }
  await slot.close();
  return tasks;
}

const finish = (task: TaskMessage) => applyReport(ledger.database, reportOf(task, 'succeeded'));

describe('what a task says', () => {
  it('carries params, the fence, the trace and its inputs resolved', async () => {
    const given = planJob({ a: 'input', b: ['input', 'a', 'a/x/2.jpg'] });
    const [job] = await ledger.database.transaction((client) => submitJobs(client, [given]));
    expect(await relay()).toBe(1);
    const [first] = await takeAll();
    expect(first).toMatchObject({ job: job?.id, step: 'a', kind: 'resize', params: { width: 10 }, dispatch: 1 });
    expect(first).toMatchObject({ traceparent: given.traceparent, requestId: given.requestId, priorityClass: 'std' });
    const input = { reference: 'input', source: { key: 'uploads/acme/up_1' }, name: 'photo.jpg', bytes: 7 };
    expect(first?.inputs).toEqual([{ ...input, mediaType: 'image/jpeg', sha256: 'abc' }]);
    const outputs = ['x/1.jpg', 'x/2.jpg'].map((name) => outputOf(first as TaskMessage, name));
    await applyReport(ledger.database, reportOf(first as TaskMessage, 'succeeded', { outputs }));
    expect(await relay()).toBe(1);
    const [second] = await takeAll();
    expect(second?.inputs.map(({ reference }) => reference)).toEqual(['input', 'a/x/1.jpg', 'a/x/2.jpg', 'a/x/2.jpg']);
    expect(second?.inputs[1]).toMatchObject({ source: { key: outputs[0]?.key }, sha256: 'def', bytes: 3 });
  });
});

describe('who is next', () => {
  it('keeps the broker shallow and fills it up as work ends', async () => {
    await submitMany(40, {});
    expect(await relay()).toBe(room);
    expect(await relay()).toBe(0);
    const tasks = await takeAll();
    for (const task of tasks.slice(0, 5)) await finish(task);
    expect(await relay()).toBe(5);
  });

  it('gives the one job of a small tenant its turn before the hundreds of another', async () => {
    await submitMany(200, { tenant: 'big' });
    await relay();
    const [small] = await submitMany(1, { tenant: 'small' });
    const [task] = await takeAll();
    await finish(task as TaskMessage);
    expect(await relay()).toBe(1);
    expect((await takeAll()).map(({ job }) => job)).toEqual([small?.id]);
  });

  it('shares the room between tenants, the oldest of each first', async () => {
    const big = await submitMany(50, { tenant: 'big' });
    const mid = await submitMany(50, { tenant: 'mid' });
    await relay();
    const tasks = await takeAll();
    const of = (tenant: string) => tasks.filter((task) => task.tenant === tenant).map(({ job }) => job);
    expect(of('big').sort()).toEqual(big.slice(0, 8).map(({ id }) => id));
    expect(of('mid').sort()).toEqual(mid.slice(0, 8).map(({ id }) => id));
  });

  it('goes by class: each has its own queue and its own room', async () => {
    await submitMany(20, { priority: 'low' });
    await submitMany(20, { priority: 'high' });
    expect(await relay()).toBe(2 * room);
    expect((await takeAll()).slice(0, room).every((task) => task.priorityClass === 'hi')).toBe(true);
  });

  it('leaves a scheduled job until it is due', async () => {
    const runAt = new Date(Date.now() + 3_600_000).toISOString();
    const job = await submit(ledger.database, { a: 'input' }, { runAt });
    expect(await relay()).toBe(0);
    await ledger.database.query(`update steps set queued_at = now() - interval '1 s' where job_id = $1`, [job.id]);
    expect(await relay()).toBe(1);
  });

  it('sends a job right after it was accepted, but past nobody who waits already', async () => {
    const [first] = await submitMany(1, {});
    const [second] = await submitMany(1, {});
    expect(await relay({}, [first?.id ?? ''])).toBe(1);
    await ledger.database.query(`update steps set queued_at = now() - interval '1 s' where dispatched_at is null`);
    const [third] = await submitMany(1, { tenant: 'other' });
    expect(await relay({}, [third?.id ?? ''])).toBe(0);
    expect(await relay()).toBe(2);
    // The first tenant has one in flight: it is the other's turn.
    expect((await takeAll()).map(({ job }) => job)).toEqual([first?.id, third?.id, second?.id]);
  });
});

describe('side by side and after a crash', () => {
  it('never dispatches a step twice, however many relays run', async () => {
    await submitMany(60, { priority: 'high' });
    await submitMany(60, { priority: 'low' });
    const done: string[] = [];
    while (done.length < 120) {
      await Promise.all(Array.from({ length: 8 }, () => relay()));
      const tasks = await takeAll();
      expect(tasks.length, 'the relays handed over nothing').toBeGreaterThan(0);
      for (const task of tasks) {
        await finish(task);
        done.push(task.job);
      }
    }
    expect(new Set(done).size).toBe(120);
    expect(done).toHaveLength(120);
  });

  it('sends the same dispatch again after a crash between publishing and marking, with one effect', async () => {
    const job = await submit(ledger.database, { a: 'input' });
    const crashing: Database = {
      ...ledger.database,
      transaction: (work) =>
        ledger.database.transaction(async (client) => {
          await work(client);
          throw new Error('killed before the commit');
        }),
    };
    await expect(relay({ database: crashing })).rejects.toThrow('killed before the commit');
    expect(await relay()).toBe(1);
    const twins = await takeAll();
    expect(twins.map(({ dispatch }) => dispatch)).toEqual([1, 1]);
    expect(await Promise.all(twins.map(finish))).toEqual(expect.arrayContaining(['applied', 'ignored']));
    const events = await readEvents(ledger.database, 'acme', job.id, 0);
    expect(events.filter(({ type }) => type === 'job.succeeded')).toHaveLength(1);
  });

  it('takes a report that comes before the dispatch is marked, and does not send the step again', async () => {
    const job = await submit(ledger.database, { a: 'input' });
    await applyReport(ledger.database, reportOf(taskOf(job, 'a'), 'started'));
    expect(await relay()).toBe(0);
    const found = await readJob(ledger.database, 'acme', job.id);
    expect(found?.job.steps.a?.status).toBe('running');
  });
});

describe('a broker that is away', () => {
  const failing = (
    code: 'broker_unavailable' | 'message_refused',
    fits: (message: OutgoingMessage) => boolean,
  ): Bus => ({
    ...bus,
    publish: async (message) => {
      if (fits(message)) throw new AppError(code, 'not now', { retryable: true });
      await bus.publish(message);
    },
  });

  it('loses nothing: accepted jobs wait, unmarked, and run later', async () => {
    await submitMany(3, {});
    const down: Bus = { ...bus, health: () => ({ name: 'broker', ok: false, reason: 'away' }) };
    expect(await relay({ bus: down })).toBe(0);
    expect(await relay({ bus: failing('broker_unavailable', () => true) })).toBe(0);
    expect(await relayEvents({ database: ledger.database, bus: down, log })).toBe(0);
    expect(await relay()).toBe(3);
  });

  it('does not let one refused message hold up the others', async () => {
    const jobs = await submitMany(3, {});
    const refused = (message: OutgoingMessage) => (message.body as TaskMessage).job === jobs[1]?.id;
    expect(await relay({ bus: failing('message_refused', refused) })).toBe(2);
    expect((await takeAll()).map(({ job }) => job).sort()).toEqual([jobs[0]?.id, jobs[2]?.id]);
    expect(await relay()).toBe(1);
  });
});

describe('events and cancels on the bus', () => {
  it('publishes each event once, by tenant, type and severity', async () => {
    const heard: { routingKey: string; id: string }[] = [];
    const listener = bus.listen(exchanges.events, '#', (body, routingKey) => {
      heard.push({ routingKey, id: (body as { id: string }).id });
    });
    const job = await submit(ledger.database, { a: 'input' });
    await applyReport(ledger.database, reportOf(taskOf(job, 'a'), 'failed'));
    const deps = { database: ledger.database, bus, log };
    const counts = await Promise.all([relayEvents(deps), relayEvents(deps), relayEvents(deps)]);
    await relayEvents(deps);
    expect(counts.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(5);
    const events = await readEvents(ledger.database, 'acme', job.id, 0);
    await until(() => heard.length >= 5, 'five events on farm.events');
    expect(heard.map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort());
    expect(heard.map(({ routingKey }) => routingKey).sort()).toEqual([
      'acme.job.accepted.info',
      'acme.job.failed.critical',
      'acme.job.started.info',
      'acme.step.failed.warning',
      'acme.step.started.info',
    ]);
    await listener.stop();
  });

  it('stops the runs of a cancelled job by their dispatch', async () => {
    const heard: unknown[] = [];
    const listener = bus.listen(exchanges.control, '#', (body) => heard.push(body));
    const job = await submit(ledger.database, { a: 'input', b: ['a'] });
    await relay();
    await cancelJob(ledger.database, 'acme', job.id);
    await announceCancel({ database: ledger.database, bus }, job.id);
    await until(() => heard.length > 0, 'the cancel on farm.control');
    expect(heard).toEqual([{ schema: 1, what: 'cancel', job: job.id, step: 'a', dispatch: 1 }]);
    await listener.stop();
  });
});
