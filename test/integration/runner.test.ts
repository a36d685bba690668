/** The runner with kinds that misbehave, on the memory bus and real files. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError, InputError } from '../../shared/errors.ts';
import { createLog } from '../../shared/log.ts';
import type { TaskReport } from '../../shared/messages/report.ts';
import type { TaskMessage } from '../../shared/messages/task.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import { openBus } from '../../shared/queue/open-bus.ts';
import { exchanges, farmTopology, jobRoutingKey, queues } from '../../shared/queue/topology.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { openStore } from '../../shared/store/open-store.ts';
import type { Kind, Process } from '../../workers/kind.ts';
import { startWorker, type Worker } from '../../workers/start-worker.ts';

const log = createLog('test', 'silent');
const retryDelaysMs = [50, 100];
type Behaviour = Process<Record<string, unknown>>;

let folder: string;
let bus: Bus;
let store: ObjectStore;
let workers: Worker[];
let reports: TaskReport[];
let wake: () => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runner-'));
  store = await openStore({ url: pathToFileURL(join(folder, 'store')).href, environment: {}, log });
  bus = await openBus({ urls: ['memory:'], topology: farmTopology(['test'], retryDelaysMs), log, name: 'test' });
  workers = [];
  reports = [];
  wake = () => {};
  bus.listen(exchanges.reports, '#', (body) => {
    reports.push(body as TaskReport);
    wake();
  });
  await store.put('imports/photo', Buffer.from('hello'), { mediaType: 'text/plain' });
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  await bus.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a worker', () => {
  it('fetches, processes, stores, writes the manifest last and announces', async () => {
    await run(async (task) => {
      const path = join(task.scratch, 'out.txt');
      await writeFile(
        path,
        `${await text((await import('node:fs')).createReadStream(task.inputs[0]?.path ?? ''))} world`,
      );
      return [{ name: `${task.name}.txt`, path, mediaType: 'text/plain', facts: { width: 1 } }];
    });
    const done = await reported('succeeded');
    expect(done.outputs).toMatchObject([{ name: 'it.txt', bytes: 11, width: 1, mediaType: 'text/plain' }]);
    expect(await text((await store.get(done.outputs?.[0]?.key ?? '')).body)).toBe('hello world');
    expect(done.inputs).toEqual({ input: { name: 'photo.txt', bytes: 5, mediaType: 'text/plain' } });
    expect(JSON.parse(await text((await store.get(done.manifestKey ?? '')).body)).outputs).toEqual(done.outputs);
    expect(reports[0]?.what).toBe('started');
    await scratchIsEmpty();
  });

  it('reports a fault of the input once and keeps no dead letter', async () => {
    await run(async () => {
      throw new InputError('The file is no photo.');
    });
    expect((await reported('failed')).error).toEqual({
      code: 'input_invalid',
      message: 'The file is no photo.',
      step: 'it',
    });
    expect(await bus.depth(queues.dead)).toMatchObject({ ready: 0 });
  });

  it('tries a transient failure again after each delay, then fails and keeps a dead letter', async () => {
    await run(async () => {
      throw new AppError('store_unavailable', 'The store is away.', { retryable: true });
    });
    await reported('failed');
    expect(reports.filter((one) => one.what !== 'progress').map((one) => [one.what, one.try])).toEqual([
      ['started', 0],
      ['retrying', 0],
      ['started', 1],
      ['retrying', 1],
      ['started', 2],
      ['failed', 2],
    ]);
    await until('the dead letter', async () => (await bus.depth(queues.dead)).ready === 1);
  });

  it.each([
    ['nothing at all', []],
    ['a file outside its scratch', [{ name: 'x', path: '/etc/hostname', mediaType: 'text/plain' }]],
    ['a name that climbs', [{ name: '../x', path: '/x', mediaType: 'text/plain' }]],
    ['a file that is not there', [{ name: 'x', path: 'gone', mediaType: 'text/plain' }]],
  ])('does not call it success when the processor returns %s', async (_what, outputs) => {
    await run(async (task) =>
      outputs.map((output) => (output.path === 'gone' ? { ...output, path: join(task.scratch, 'gone') } : output)),
    );
    expect((await reported('failed')).error?.code).toBe('output_invalid');
  });

  it('stops cancelled work and reports it', async () => {
    await run((task) => untilAborted(task.signal));
    await reported('started');
    await bus.publish({
      exchange: exchanges.control,
      routingKey: '',
      body: { schema: 1, what: 'cancel', job: 'job_1' },
    });
    await reported('cancelled');
    await scratchIsEmpty();
  });

  it('gives work back on shutdown and another worker does it, at no cost of a try', async () => {
    const first = await run((task) => untilAborted(task.signal), { drainTimeoutMs: 0 });
    await reported('started');
    await first.close();
    await start(makeFile);
    expect(await reported('succeeded')).toMatchObject({ try: 0 });
  });

  it('announces a finished run again instead of working twice', async () => {
    let runs = 0;
    const counted: Behaviour = async (task) => {
      runs += 1;
      return await makeFile(task);
    };
    const loseOneReport = { ...bus, publish: failOnce(bus, 'test.succeeded') };
    await start(counted, { bus: loseOneReport });
    await publish();
    await reported('succeeded');
    expect(runs).toBe(1);
  });

  it('beats while a processor is busy, and never lets progress go back', async () => {
    await run(async (task) => {
      task.progress(0.5);
      task.progress(0.2);
      await until('two beats', async () => reports.filter((one) => one.what === 'progress').length >= 1);
      task.progress(0.9);
      await until('the next', async () => reports.filter((one) => one.what === 'progress').length >= 2);
      return await makeFile(task);
    });
    await reported('succeeded');
    expect(reports.flatMap((one) => (one.what === 'progress' ? [one.fraction] : []))).toEqual([0.5, 0.9]);
  });

  it('drains: takes what is there and ends by itself', async () => {
    await publish();
    await publish('job_2');
    const worker = await start(makeFile, {}, 'drain');
    await worker.drained();
    expect(reports.filter((one) => one.what === 'succeeded').map((one) => one.job)).toEqual(['job_1', 'job_2']);
  });

  it('frees its slot from a processor that ignores the signal', async () => {
    await run(() => new Promise(() => {}), { limits: { timeoutMs: 100 } });
    expect((await reported('failed', 30_000)).error?.code).toBe('deadline_exceeded');
  });
});

interface Circumstances {
  readonly drainTimeoutMs?: number;
  readonly limits?: { readonly timeoutMs: number };
  readonly bus?: Bus;
}

async function run(behaviour: Behaviour, circumstances: Circumstances = {}): Promise<Worker> {
  const worker = await start(behaviour, circumstances);
  await publish();
  return worker;
}

async function start(
  behaviour: Behaviour,
  circumstances: Circumstances = {},
  mode: 'daemon' | 'drain' = 'daemon',
): Promise<Worker> {
  const config = {
    kinds: ['test'],
    concurrency: 1,
    scratchRoot: join(folder, 'scratch'),
    retryDelaysMs,
    outboundAllowCidrs: [],
    drainTimeoutMs: circumstances.drainTimeoutMs ?? 1000,
  };
  const openUrl = () => Promise.reject(new Error('no url in these tests'));
  const deps = {
    bus: circumstances.bus ?? bus,
    store,
    log,
    openUrl,
    catalog: { test: testKind(behaviour, circumstances.limits?.timeoutMs) },
  };
  const worker = await startWorker(config, deps, mode);
  workers.push(worker);
  return worker;
}

function testKind(behaviour: Behaviour, timeoutMs = 60_000): Kind {
  const params = z.strictObject({});
  const contract = {
    kind: 'test',
    summary: 'misbehaves',
    params,
    inputs: { min: 1, max: 1, accepts: ['*/*'] },
    limits: { maxInputBytes: 1e6, timeoutMs },
    tools: [],
    examples: [],
  };
  return { contract, load: async () => behaviour as Process<never> };
}

async function publish(job = 'job_1'): Promise<void> {
  const body: TaskMessage = {
    schema: 1,
    tenant: 'default',
    job,
    step: 'it',
    kind: 'test',
    params: {},
    inputs: [{ name: 'photo.txt', source: { key: 'imports/photo' }, reference: 'input' }],
    dispatch: 1,
    priorityClass: 'std',
    traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
    requestId: 'req_1',
    queuedAt: new Date().toISOString(),
  };
  await bus.publish({ exchange: exchanges.jobs, routingKey: jobRoutingKey('test', 'std'), body, mandatory: true });
}

const makeFile: Behaviour = async (task) => {
  const path = join(task.scratch, 'file');
  await writeFile(path, 'content');
  return [{ name: 'file', path, mediaType: 'text/plain' }];
};

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function failOnce(inner: Bus, routingKey: string): Bus['publish'] {
  let failed = false;
  return async (message) => {
    if (message.routingKey !== routingKey || failed) return await inner.publish(message);
    failed = true;
    throw new AppError('broker_unavailable', 'The broker is away.', { retryable: true });
  };
}

async function reported(what: TaskReport['what'], timeoutMs = 10_000): Promise<TaskReport> {
  await until(`a report "${what}"`, async () => reports.some((one) => one.what === what), timeoutMs);
  return reports.find((one) => one.what === what) as TaskReport;
}

async function until(what: string, holds: () => Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline)
      throw new Error(`waited ${timeoutMs} ms for ${what}; reports: ${JSON.stringify(reports.map((one) => one.what))}`);
    await new Promise<void>((resolve) => {
      wake = resolve;
      setTimeout(resolve, 20);
    });
  }
}

async function scratchIsEmpty(): Promise<void> {
  await until('an empty scratch', async () => (await readdir(join(folder, 'scratch'))).length === 0);
}
