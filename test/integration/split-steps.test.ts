/** One step on many workers, with a kind that works on bytes: ledger, relay, buses, runner and store together (ADR 7). */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defaultOrchestratorConfig } from '../../services/orchestrator/config.ts';
import { startOrchestrator } from '../../services/orchestrator/start-orchestrator.ts';
import { AppError, InputError } from '../../shared/errors.ts';
import { announceCancel } from '../../shared/ledger/announce-cancel.ts';
import { cancelJob } from '../../shared/ledger/cancel-job.ts';
import { findOutput } from '../../shared/ledger/find-output.ts';
import { readEvents } from '../../shared/ledger/read-events.ts';
import { readJob } from '../../shared/ledger/read-job.ts';
import { submitJobs } from '../../shared/ledger/submit-jobs.ts';
import type { Job, Priority } from '../../shared/messages/job.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import { openBus } from '../../shared/queue/open-bus.ts';
import { farmTopology } from '../../shared/queue/topology.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { openStore } from '../../shared/store/open-store.ts';
import type { Kind, Output, Process, Task } from '../../workers/kind.ts';
import { SplitMismatch, type Splitter } from '../../workers/splitter.ts';
import { startWorker } from '../../workers/start-worker.ts';
import { type Ledger, log, openLedger, planJob } from '../support/ledger-fixture.ts';
import { freshVhost } from '../support/servers.ts';
import { until } from '../support/until.ts';

const content = 'one step on many workers, joined again';
const partBytes = 10;
const retryDelaysMs = [50, 100];
type Behaviour = Partial<Splitter<object>> & { readonly whole?: Process<object> };

let ledger: Ledger;
let folder: string;
let store: ObjectStore;
let opened: { close(): Promise<unknown> }[];
/** What was called, in order: `split`, `part p1`, `join`, `whole`. */
let calls: string[];
let urlsOpened: number;

beforeEach(async () => {
  ledger = await openLedger();
  folder = await mkdtemp(join(tmpdir(), 'split-'));
  store = await openStore({ url: pathToFileURL(join(folder, 'store')).href, environment: {}, log });
  await store.put('uploads/acme/up_1', Buffer.from(content), { mediaType: 'text/plain' });
  opened = [];
  calls = [];
  urlsOpened = 0;
});
afterEach(async () => {
  for (const one of opened.reverse()) await one.close();
  await store.close();
  await ledger.close();
  await rm(folder, { recursive: true, force: true });
});

function own<T extends { close(): Promise<unknown> }>(one: T): T {
  opened.push(one);
  return one;
}

const topology = farmTopology(['bytes'], retryDelaysMs);
const openMemory = async () => own(await openBus({ urls: ['memory:'], topology, log, name: 'test' }));
async function openAmqp(): Promise<Bus> {
  const vhost = await freshVhost();
  opened.push({ close: () => vhost.drop() });
  return own(await openBus({ urls: [vhost.url], topology, log, name: 'test' }));
}

async function write(task: Task<object>, name: string, body: string): Promise<Output> {
  const path = join(task.scratch, `file-${name}`);
  await writeFile(path, body);
  return { name, path, mediaType: 'text/plain' };
}

const inputText = async (task: Task<object>) => await readFile(task.inputs[0]?.path ?? '', 'latin1');

/** Cuts the input into ranges of ten bytes, makes each upper case, and puts them together again. */
const splitter: Splitter<object> = {
  split: async (task) => {
    const { length } = await inputText(task);
    const parts = Array.from({ length: Math.ceil(length / partBytes) }, (_, index) => {
      const first = index * partBytes;
      const last = Math.min(first + partBytes, length) - 1;
      return { name: `p${index}`, params: { first, last }, weight: last - first + 1, reads: [[{ first, last }]] };
    });
    return { parts, joinWeight: 1, facts: { length } };
  },
  part: async (task) => {
    const { first, last } = task.part.params as { first: number; last: number };
    const file = await inputText(task);
    if (file.length !== content.length || file.replaceAll('\0', '').length !== last - first + 1)
      throw new InputError('A part sees its own bytes, holes for the rest.');
    return [await write(task, 'piece.txt', file.slice(first, last + 1).toUpperCase())];
  },
  join: async (task) => {
    const pieces = await Promise.all(
      task.parts.flatMap(({ files }) => files.map(({ path }) => readFile(path, 'utf8'))),
    );
    expect(task.facts).toEqual({ length: content.length });
    return [await write(task, `${task.name}.txt`, pieces.join(''))];
  },
};

const whole: Process<object> = async (task) => [
  await write(task, `${task.name}.txt`, (await inputText(task)).toUpperCase()),
];

function bytesKind(behaviour: Behaviour): Kind {
  const used = { ...splitter, whole, ...behaviour };
  const recorded: Splitter<object> = {
    split: (task) => note('split', () => used.split(task)),
    part: (task) => note(`part ${task.part.name}`, () => used.part(task)),
    join: (task) => note('join', () => used.join(task)),
  };
  const contract = {
    ...{ kind: 'bytes', summary: 'makes text upper case', params: z.looseObject({}) },
    ...{ inputs: { min: 1, max: 1, accepts: ['*/*'] }, limits: { maxInputBytes: 1e6, timeoutMs: 60_000 } },
    ...{ tools: [], examples: [] },
  };
  const load = async () => ((task: Task<object>) => note('whole', () => used.whole(task))) as Process<never>;
  return { contract, load, loadSplitter: async () => recorded as Splitter<never> };
}

async function note<T>(call: string, work: () => Promise<T>): Promise<T> {
  calls.push(call);
  return await work();
}

async function farm(bus: Bus, behaviour: Behaviour = {}, slots = 2): Promise<void> {
  const config = {
    ...defaultOrchestratorConfig,
    ...{
      relayEveryMs: 20,
      progressEveryMs: 20,
      watchEveryMs: 20,
      slotsEveryMs: 20,
      epochSettleMs: 0,
      deadLetterGraceMs: 50,
    },
    leases: { dispatchedMs: 60_000, runningMs: 60_000, retryDelaysMs, maxLost: 3 },
  };
  own(await startOrchestrator(config, { database: ledger.database, bus, log }));
  await work(bus, behaviour, slots);
}

async function work(bus: Bus, behaviour: Behaviour, slots: number): Promise<void> {
  const openUrl = async () => {
    urlsOpened += 1;
    return { body: Readable.from([Buffer.from(content)]), name: 'from-the-web.txt' };
  };
  const worker = {
    ...{ kinds: ['bytes'], concurrency: slots, scratchRoot: join(folder, 'scratch'), retryDelaysMs },
    ...{ outboundAllowCidrs: [], drainTimeoutMs: 100 },
  };
  own(await startWorker(worker, { bus, store, log, openUrl, catalog: { bytes: bytesKind(behaviour) } }));
}

async function submit(change: { url?: string; priority?: Priority } = {}): Promise<string> {
  const { url, priority = 'normal' } = change;
  const job = planJob({ web: 'input' }, { priority });
  const input = { ...(job.inputs.input as object), ...(url ? { source: { url }, bytes: null, mediaType: null } : {}) };
  const steps = job.steps.map((step) => ({ ...step, kind: 'bytes' }));
  const sent = { ...job, steps, inputs: { input: input as never } };
  const [accepted] = await ledger.database.transaction((client) => submitJobs(client, [sent]));
  return (accepted as Job).id;
}

const read = async (id: string) => (await readJob(ledger.database, 'acme', id))?.job as Job;

async function ended(id: string): Promise<Job> {
  return await until(async () => ((await read(id)).finishedAt ? await read(id) : undefined), `the end of ${id}`);
}

async function outputText(id: string, name = 'web.txt'): Promise<string> {
  const output = await findOutput(ledger.database, 'acme', id, 'web', name);
  return await text((await store.get(output?.key ?? '')).body);
}

async function keysBelow(prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

describe.each([
  { name: 'memory-bus', open: openMemory },
  { name: 'RabbitMQ', open: openAmqp },
])('on $name', ({ name, open }) => {
  it('cuts a step, works on its parts with only their bytes, joins them, and leaves no piece behind', async () => {
    await farm(await open());
    const id = await submit();
    const job = await ended(id);
    expect(job).toMatchObject({ status: 'succeeded', progress: 1 });
    expect(job.steps.web).toMatchObject({ attempts: 1, parts: { total: 4, succeeded: 4, running: 0, attempts: 4 } });
    expect(await outputText(id)).toBe(content.toUpperCase());
    expect(calls.toSorted()).toEqual(['join', 'part p0', 'part p1', 'part p2', 'part p3', 'split']);
    const left = async () => (await keysBelow(`outputs/acme/${id}/web.`)).length === 0;
    await until(left, 'the pieces to be deleted');
  });

  it('gives parts to the workers that come while a step is in parts, two for each slot', async () => {
    let start = () => {};
    const gate = new Promise<void>((resolve) => {
      start = resolve;
    });
    const behaviour: Behaviour = {
      split: async (task) => {
        const bytes = Array.from({ length: (await inputText(task)).length }, (_, first) => first);
        const parts = bytes.map((first) => ({ name: `p${first}`, params: { first, last: first }, weight: 1 }));
        return { parts, joinWeight: 1, facts: { length: parts.length } };
      },
      part: async (task) => {
        await gate;
        const { first } = task.part.params as { first: number };
        return [await write(task, 'piece.txt', (await inputText(task)).charAt(first).toUpperCase())];
      },
    };
    const bus = await open();
    await farm(bus, behaviour, 2);
    const id = await submit();
    const parts = async () => (await read(id)).steps.web?.parts;
    await until(async () => (await parts())?.running === 2, 'two parts at work');
    await work(bus, behaviour, 6);
    await until(async () => (await parts())?.running === 8, 'eight parts at work');
    const sent = `select count(*)::int as n from steps where parent is not null and status in ('queued', 'running')`;
    const letGo = async () => (await ledger.database.query(sent)).rows[0].n;
    // RabbitMQ counts a slot that has just taken a task among the idle ones for a moment; parts once out stay out.
    const enough = (count: number) => (name === 'memory-bus' ? count === 16 : count >= 16);
    await until(async () => enough(await letGo()), 'two parts for each slot');
    start();
    await ended(id);
    expect(await outputText(id)).toBe(content.toUpperCase());
    expect(await parts()).toEqual({
      total: content.length,
      running: 0,
      succeeded: content.length,
      attempts: content.length,
    });
  });
});

it('fetches a web address once and shares it with the parts', async () => {
  await farm(await openMemory());
  const id = await submit({ url: 'https://example.com/from-the-web.txt' });
  const job = await ended(id);
  expect([job.status, await outputText(id), urlsOpened]).toEqual(['succeeded', content.toUpperCase(), 1]);
  expect(job.inputs.input).toMatchObject({ bytes: content.length, mediaType: 'text/plain' });
  const left = async () => (await keysBelow(`outputs/acme/${id}/web/`)).every((key) => !key.includes('/inputs/'));
  await until(left, 'the shared copy to be deleted');
});

it('does one part again when its worker fails, and no other', async () => {
  let failures = 0;
  const part: Splitter<object>['part'] = async (task) => {
    if (task.part.name === 'p2' && failures++ === 0) throw new Error('the disk is on fire');
    return await splitter.part(task);
  };
  await farm(await openMemory(), { part });
  const id = await submit();
  expect((await ended(id)).steps.web).toMatchObject({ status: 'succeeded', parts: { total: 4, attempts: 5 } });
  expect(calls.filter((call) => call.startsWith('part ')).length).toBe(5);
});

it.each(['part', 'join'] as const)('runs the step whole when the %s finds that the pieces do not fit', async (who) => {
  await farm(await openMemory(), { [who]: () => Promise.reject(new SplitMismatch('A byte is missing.')) });
  const id = await submit();
  const job = await ended(id);
  expect([job.status, await outputText(id)]).toEqual(['succeeded', content.toUpperCase()]);
  expect(calls.filter((call) => call === 'split' || call === 'whole')).toEqual(['split', 'whole']);
});

it('runs a step whole where its kind sees no use in splitting it', async () => {
  await farm(await openMemory(), { split: async () => null });
  const id = await submit();
  expect((await ended(id)).steps.web?.parts).toBeUndefined();
  expect(calls).toEqual(['split', 'whole']);
});

it('fails with the reason of a part, and stops the parts at work', async () => {
  const stopped: string[] = [];
  const part: Splitter<object>['part'] = async (task) => {
    if (task.part.name === 'p1') {
      await until(() => calls.includes('part p0'), 'the other part to be at work');
      throw new InputError('The second ten bytes are no text.');
    }
    return await untilAborted(task.signal).finally(() => stopped.push(task.part.name));
  };
  await farm(await openMemory(), { part });
  const job = await ended(await submit());
  expect(job.error).toMatchObject({ code: 'input_invalid', message: 'The second ten bytes are no text.', step: 'web' });
  await until(() => stopped.includes('p0'), 'the other part to be stopped');
});

it('stops the parts at work when the job is cancelled', async () => {
  const stopped: string[] = [];
  const bus = await openMemory();
  await farm(bus, { part: (task) => untilAborted(task.signal).finally(() => stopped.push(task.part.name)) });
  const id = await submit();
  const atWork = () => calls.filter((call) => call.startsWith('part ')).length === 2;
  await until(async () => atWork() && (await read(id)).steps.web?.parts?.running === 2, 'two parts at work');
  await cancelJob(ledger.database, 'acme', id);
  await announceCancel({ database: ledger.database, bus }, id);
  await until(() => stopped.length === 2, 'both parts to be stopped');
  expect((await read(id)).status).toBe('cancelled');
});

it('lets urgent work pass between the parts of a batch job', async () => {
  let urgent: Promise<string> | undefined;
  const bus = await openMemory();
  const part: Splitter<object>['part'] = async (task) => {
    urgent ??= submit({ priority: 'high' });
    const id = await urgent;
    const sent = 'select 1 from steps where job_id = $1 and dispatched_at is not null';
    await until(async () => (await ledger.database.query(sent, [id])).rows.length > 0, 'the urgent job to be sent');
    return await splitter.part(task);
  };
  const split: Splitter<object>['split'] = async (task) => (urgent === undefined ? await splitter.split(task) : null);
  await farm(bus, { part, split }, 1);
  const batch = await submit({ priority: 'low' });
  await ended(batch);
  expect(calls).toEqual(['split', 'part p0', 'split', 'whole', 'part p1', 'part p2', 'part p3', 'join']);
});

it('makes a rendition public before the step ends, and replaces what is given again', async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const early: Process<object> = async (task) => {
    await task.ready('360p', [await write(task, 'master.txt', '360p')]);
    await gate;
    await task.ready('720p', [await write(task, 'master.txt', '360p 720p')]);
    return [await write(task, 'master.txt', 'all of them')];
  };
  await farm(await openMemory(), { split: async () => null, whole: early });
  const id = await submit();
  const ready = async () =>
    (await readEvents(ledger.database, 'acme', id, 0)).filter((event) => event.type === 'rendition.ready');
  await until(async () => (await ready()).length === 1, 'the first rendition');
  expect(await outputText(id, 'master.txt')).toBe('360p');
  expect((await read(id)).status).toBe('running');
  open();
  const job = await ended(id);
  expect(job.steps.web?.outputs.map(({ name }) => name)).toEqual(['master.txt']);
  expect(await outputText(id, 'master.txt')).toBe('all of them');
  expect((await ready()).map((event) => event.data.rendition)).toEqual(['360p', '720p']);
});

it('gives a step up whose part kills its workers', async () => {
  const part = () => Promise.reject(new AppError('worker_lost', 'The part takes its workers down.'));
  await farm(await openMemory(), { part });
  expect((await ended(await submit())).error).toMatchObject({ code: 'worker_lost', step: 'web' });
});
