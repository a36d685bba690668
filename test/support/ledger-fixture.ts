/** A private ledger, jobs by hand, and workers that only report: for the tests of ledger and orchestrator. */
import { type Database, openDatabase } from '../../shared/ledger/database.ts';
import type { NewJob, NewStep } from '../../shared/ledger/new-job.ts';
import { submitJobs } from '../../shared/ledger/submit-jobs.ts';
import { createLog } from '../../shared/log.ts';
import { newId } from '../../shared/messages/ids.ts';
import type { Job } from '../../shared/messages/job.ts';
import type { TaskReport } from '../../shared/messages/report.ts';
import { type TaskMessage, tryHeader } from '../../shared/messages/task.ts';
import type { Bus, Delivery } from '../../shared/queue/bus.ts';
import { createMemoryBus } from '../../shared/queue/memory-bus.ts';
import { exchanges, farmTopology, priorityClasses, reportRoutingKey, workQueue } from '../../shared/queue/topology.ts';
import { childTraceparent } from '../../shared/trace-context.ts';
import { freshDatabase } from './servers.ts';

export const log = createLog('test', process.env.FARM_TEST_LOG ?? 'silent');
export const kinds = ['resize', 'transcode', 'pdf'] as const;
/** Short rungs, so that a retry comes back within a test. */
export const retryDelaysMs = [50, 100];
export const topology = farmTopology(kinds, retryDelaysMs);

export function memoryBus(): Bus {
  return createMemoryBus({ topology, log });
}

export interface Ledger {
  readonly database: Database;
  readonly url: string;
  close(): Promise<void>;
}

export async function openLedger(): Promise<Ledger> {
  const fresh = await freshDatabase();
  const database = openDatabase(fresh.url, { maxConnections: 16 });
  const close = async () => {
    await database.close();
    await fresh.drop();
  };
  return { database, url: fresh.url, close };
}

/** `{thumb: 'input', sheet: ['thumb']}`: steps by what they use; all of kind resize. */
export type Plan = Readonly<Record<string, string | readonly string[]>>;

export function planJob(plan: Plan, change: Partial<NewJob> = {}): NewJob {
  const steps = Object.entries(plan).map(
    ([name, uses]): NewStep => ({ name, kind: 'resize', params: { width: 10 }, uses: [uses].flat() }),
  );
  const source = { key: 'uploads/acme/up_1' };
  const input = { source, name: 'photo.jpg', bytes: 7, mediaType: 'image/jpeg', sha256: 'abc' };
  return {
    ...{ tenant: 'acme', priority: 'normal', runAt: null, metadata: {}, webhook: null, inputs: { input }, steps },
    ...{ traceparent: childTraceparent(), requestId: newId('req') },
    ...change,
  };
}

export async function submit(database: Database, plan: Plan, change: Partial<NewJob> = {}): Promise<Job> {
  const [job] = await database.transaction((client) => submitJobs(client, [planJob(plan, change)]));
  return job as Job;
}

/** The report of a run that nobody made. */
export function reportOf(task: TaskMessage, what: TaskReport['what'], change: Partial<TaskReport> = {}): TaskReport {
  const { tenant, job, step, kind, dispatch, traceparent } = task;
  return {
    ...{ schema: 1, what, tenant, job, step, kind, dispatch, traceparent },
    ...{ try: 0, run: newId('run'), worker: 'test', at: new Date().toISOString() },
    ...(what === 'succeeded' ? { outputs: [outputOf(task)], manifestKey: `m/${task.job}/${task.step}` } : {}),
    ...change,
  };
}

export function outputOf(task: TaskMessage, name = `${task.step}.webp`) {
  const key = `outputs/${task.tenant}/${task.job}/${task.step}/${task.dispatch}/${name}`;
  return { name, key, mediaType: 'image/webp', bytes: 3, sha256: 'def', width: 10, height: 10 };
}

/** A task as the relay would send it, for reports that need no relay. */
export function taskOf(job: Job, step: string, change: Partial<TaskMessage> = {}): TaskMessage {
  return {
    ...{ schema: 1, tenant: 'acme', job: job.id, step, kind: 'resize', params: {}, inputs: [], dispatch: 1 },
    ...{ priorityClass: 'std', traceparent: childTraceparent(), requestId: 'req', queuedAt: '' },
    ...change,
  };
}

export interface TaskAtWorker {
  readonly task: TaskMessage;
  readonly try: number;
  readonly run: string;
  readonly delivery: Delivery;
  report(what: TaskReport['what'], change?: Partial<TaskReport>): Promise<void>;
}

export interface FakeWorkers {
  /** Every task taken, in order. */
  readonly taken: readonly TaskMessage[];
  close(): Promise<void>;
}

/** Started, progress, succeeded, ack: what a worker says when all goes well. */
export async function succeed(at: TaskAtWorker): Promise<void> {
  await at.report('started');
  await at.report('progress', { fraction: 0.5 });
  await at.report('succeeded');
  at.delivery.ack();
}

/** Slots that take tasks from all work queues, hi before std before bulk, and do as they are told. */
export function startFakeWorkers(
  bus: Bus,
  work: (at: TaskAtWorker) => Promise<void> = succeed,
  slots = 4,
): FakeWorkers {
  const taken: TaskMessage[] = [];
  const stop = new AbortController();
  const workQueues = priorityClasses.flatMap((priorityClass) => kinds.map((kind) => workQueue(kind, priorityClass)));
  const runSlot = async () => {
    const slot = bus.openSlot();
    while (!stop.signal.aborted) {
      const delivery = await slot.take(workQueues, stop.signal);
      if (delivery === undefined) continue;
      const task = delivery.body as TaskMessage;
      taken.push(task);
      await work(atWorker(bus, delivery, task));
    }
    await slot.close();
  };
  const running = Array.from({ length: slots }, runSlot);
  return {
    taken,
    close: async () => {
      stop.abort();
      await Promise.all(running);
    },
  };
}

function atWorker(bus: Bus, delivery: Delivery, task: TaskMessage): TaskAtWorker {
  const run = newId('run');
  const tryNumber = Number(delivery.headers[tryHeader] ?? 0);
  const report = (what: TaskReport['what'], change: Partial<TaskReport> = {}) =>
    publishReport(bus, reportOf(task, what, { run, try: tryNumber, ...change }));
  return { task, delivery, run, try: tryNumber, report };
}

export async function publishReport(bus: Bus, report: TaskReport): Promise<void> {
  const routingKey = reportRoutingKey(report.kind, report.what);
  await bus.publish({ exchange: exchanges.reports, routingKey, body: report });
}
