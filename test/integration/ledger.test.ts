import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyReport } from '../../shared/ledger/apply-report.ts';
import { cancelJob } from '../../shared/ledger/cancel-job.ts';
import { findOutput } from '../../shared/ledger/find-output.ts';
import { listJobs } from '../../shared/ledger/list-jobs.ts';
import { readBacklog } from '../../shared/ledger/read-backlog.ts';
import { readEvents } from '../../shared/ledger/read-events.ts';
import { readJob } from '../../shared/ledger/read-job.ts';
import { retryJob } from '../../shared/ledger/retry-job.ts';
import { submitJobs } from '../../shared/ledger/submit-jobs.ts';
import { farmEvent } from '../../shared/messages/event.ts';
import { job as jobSchema } from '../../shared/messages/job.ts';
import { type Ledger, openLedger, outputOf, planJob, reportOf, submit, taskOf } from '../support/ledger-fixture.ts';

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger.close());

const read = async (jobId: string) => {
  const found = await readJob(ledger.database, 'acme', jobId);
  if (found === undefined) throw new Error(`job ${jobId} is gone`);
  return found.job;
};
const eventTypes = async (jobId: string) =>
  (await readEvents(ledger.database, 'acme', jobId, 0)).map((event) => event.type);

describe('submit, read, list', () => {
  it('gives back what was sent, in the order it was sent', async () => {
    const metadata = { zebra: '1', apple: '2' };
    const sent = await submit(ledger.database, { z: 'input', a: ['z'] }, { metadata, priority: 'high' });
    const job = await read(sent.id);
    expect(job).toEqual(sent);
    expect(jobSchema.parse(job)).toMatchObject({ status: 'queued', progress: 0, priority: 'high' });
    expect(Object.keys(job.steps)).toEqual(['z', 'a']);
    expect(Object.keys(job.metadata)).toEqual(['zebra', 'apple']);
    expect(job.inputs).toEqual({ input: { name: 'photo.jpg', bytes: 7, mediaType: 'image/jpeg' } });
    expect([job.steps.z?.status, job.steps.a?.status]).toEqual(['queued', 'waiting']);
  });

  it('shows a job to its tenant only', async () => {
    const { id } = await submit(ledger.database, { a: 'input' });
    expect(await readJob(ledger.database, 'other', id)).toBeUndefined();
    expect(await readEvents(ledger.database, 'other', id, 0)).toEqual([]);
    expect(await cancelJob(ledger.database, 'other', id)).toBeUndefined();
    expect(await retryJob(ledger.database, 'other', id)).toBeUndefined();
    expect((await read(id)).status).toBe('queued');
    const theirs = reportOf(taskOf({ id } as never, 'a', { tenant: 'other' }), 'succeeded');
    expect(await applyReport(ledger.database, theirs)).toBe('ignored');
  });

  it('pages through jobs, newest first, by status and kind', async () => {
    const tenant = 'pager';
    const jobs: string[] = [];
    for (let n = 0; n < 5; n++) jobs.unshift((await submit(ledger.database, { a: 'input' }, { tenant })).id);
    const first = await listJobs(ledger.database, tenant, { limit: 3 });
    expect(first.jobs.map((job) => job.id)).toEqual(jobs.slice(0, 3));
    const rest = await listJobs(ledger.database, tenant, { limit: 3, after: first.nextCursor ?? '' });
    expect(rest.jobs.map((job) => job.id)).toEqual(jobs.slice(3));
    expect(rest.nextCursor).toBeNull();
    expect((await listJobs(ledger.database, tenant, { limit: 9, kind: 'pdf' })).jobs).toEqual([]);
    await cancelJob(ledger.database, tenant, jobs[2] as string);
    const cancelled = await listJobs(ledger.database, tenant, { limit: 9, status: 'cancelled', kind: 'resize' });
    expect(cancelled.jobs.map((job) => job.id)).toEqual([jobs[2]]);
  });

  it('takes 1 000 jobs in one transaction, or none of them', async () => {
    const tenant = 'batch';
    const many = Array.from({ length: 1000 }, (_, n) =>
      planJob({ a: 'input' }, { tenant, metadata: { n: String(n) } }),
    );
    const submitAll = (then: () => void) =>
      ledger.database.transaction(async (client) => {
        const jobs = await submitJobs(client, many);
        then();
        return jobs;
      });
    const fail = () => {
      throw new Error('changed my mind');
    };
    await expect(submitAll(fail)).rejects.toThrow('changed my mind');
    expect((await readBacklog(ledger.database, tenant)).tenantOpenSteps).toBe(0);
    const jobs = await submitAll(() => undefined);
    expect(jobs.map((job) => job.metadata.n)).toEqual(many.map((_, n) => String(n)));
    expect((await readBacklog(ledger.database, tenant)).tenantOpenSteps).toBe(1000);
  });
});

describe('a job to its end', () => {
  it('writes each event once, in sequence, and keeps only the newest progress of a step', async () => {
    const job = await submit(ledger.database, { thumb: 'input' });
    const task = taskOf(job, 'thumb');
    const run = 'run_1';
    await applyReport(ledger.database, reportOf(task, 'started', { run }));
    for (const fraction of [0.1, 0.2, 0.7]) {
      await applyReport(ledger.database, reportOf(task, 'progress', { run, fraction }));
    }
    expect(await read(job.id)).toMatchObject({ status: 'running', progress: 0.7 });
    const outputs = [outputOf(task, '720p/seg 1.m4s')];
    expect(await applyReport(ledger.database, reportOf(task, 'succeeded', { run, outputs }))).toBe('applied');
    const events = await readEvents(ledger.database, 'acme', job.id, 0);
    expect(events.map((event) => [event.sequence, event.type])).toEqual([
      [1, 'job.accepted'],
      [2, 'job.started'],
      [3, 'step.started'],
      [6, 'step.progress'],
      [7, 'step.succeeded'],
      [8, 'job.succeeded'],
    ]);
    for (const event of events) expect(() => farmEvent.parse(event)).not.toThrow();
    expect(events[0]?.data.job.status).toBe('queued');
    expect(events.at(-1)?.data.job).toEqual(await read(job.id));
    expect(await readEvents(ledger.database, 'acme', job.id, 6)).toHaveLength(2);
  });

  it('finds outputs of succeeded steps by names with slashes, and shows no keys', async () => {
    const job = await submit(ledger.database, { movie: 'input' });
    const task = taskOf(job, 'movie');
    const output = outputOf(task, '720p/seg 1.m4s');
    await applyReport(ledger.database, reportOf(task, 'succeeded', { outputs: [output] }));
    expect(await findOutput(ledger.database, 'acme', job.id, 'movie', '720p/seg 1.m4s')).toEqual(output);
    expect(await findOutput(ledger.database, 'acme', job.id, 'movie', 'other')).toBeUndefined();
    expect(await findOutput(ledger.database, 'other', job.id, 'movie', '720p/seg 1.m4s')).toBeUndefined();
    const [shown] = (await read(job.id)).steps.movie?.outputs ?? [];
    expect(shown).toEqual({
      ...{ name: '720p/seg 1.m4s', mediaType: 'image/webp', bytes: 3, sha256: 'def', width: 10, height: 10 },
      url: `/v1/jobs/${job.id}/outputs/movie/720p/seg%201.m4s`,
    });
  });

  it('writes one delivery for the terminal event, in the same breath', async () => {
    const webhook = { url: 'https://example.com/hook' };
    const job = await submit(ledger.database, { a: 'input' }, { webhook });
    await Promise.all(
      Array.from({ length: 6 }, () => applyReport(ledger.database, reportOf(taskOf(job, 'a'), 'succeeded'))),
    );
    const deliveries = await ledger.database.query('select event_id, event_type from deliveries where job_id = $1', [
      job.id,
    ]);
    const ended = (await readEvents(ledger.database, 'acme', job.id, 0)).at(-1);
    expect(deliveries.rows).toEqual([{ event_id: ended?.id, event_type: 'job.succeeded' }]);
  });
});

describe('races', () => {
  it('joins a fan-in once, however often and at once its parts report', async () => {
    const parts = Array.from({ length: 8 }, (_, n) => `p${n}`);
    const plan = { ...Object.fromEntries(parts.map((part) => [part, 'input'])), join: parts };
    const job = await submit(ledger.database, plan);
    const reports = parts.flatMap((part) => [1, 2, 3].map(() => reportOf(taskOf(job, part), 'succeeded')));
    const verdicts = await Promise.all(reports.map((report) => applyReport(ledger.database, report)));
    expect(verdicts.filter((verdict) => verdict === 'applied')).toHaveLength(parts.length);
    const join = await ledger.database.query('select status, dispatch from steps where job_id = $1 and name = $2', [
      job.id,
      'join',
    ]);
    expect(join.rows).toEqual([{ status: 'queued', dispatch: 1 }]);
  });

  it('lets either cancel or success win, never both', async () => {
    const verdicts = new Set<string>();
    for (let round = 0; round < 30; round++) {
      const job = await submit(ledger.database, { a: 'input' });
      const success = () => applyReport(ledger.database, reportOf(taskOf(job, 'a'), 'succeeded'));
      const cancel = () => cancelJob(ledger.database, 'acme', job.id);
      await Promise.all(round % 2 ? [success(), cancel()] : [cancel(), success()]);
      const ended = await read(job.id);
      const ends = (await eventTypes(job.id)).filter((type) => /^job\.(succeeded|failed|cancelled)$/.test(type));
      expect(ends).toEqual([`job.${ended.status}`]);
      expect(ended.steps.a?.status).toBe(ended.status);
      verdicts.add(ended.status);
    }
    expect([...verdicts].every((verdict) => ['succeeded', 'cancelled'].includes(verdict))).toBe(true);
  });

  it('shows an ended job as it is when it is cancelled again', async () => {
    const job = await submit(ledger.database, { a: 'input', b: ['a'] });
    const first = await cancelJob(ledger.database, 'acme', job.id);
    expect(first).toMatchObject({ status: 'cancelled', steps: { a: { status: 'cancelled' } } });
    expect(await cancelJob(ledger.database, 'acme', job.id)).toEqual(first);
    expect(await eventTypes(job.id)).toEqual(['job.accepted', 'job.cancelled']);
  });
});

describe('retry', () => {
  it('runs what failed again and keeps what succeeded', async () => {
    const job = await submit(ledger.database, { a: 'input', b: 'input', c: ['a', 'b'] });
    await applyReport(ledger.database, reportOf(taskOf(job, 'a'), 'succeeded'));
    const error = { code: 'input_invalid', message: 'This is no picture.' };
    await applyReport(ledger.database, reportOf(taskOf(job, 'b'), 'failed', { error }));
    const failed = await read(job.id);
    expect(failed).toMatchObject({
      status: 'failed',
      error: { ...error, step: 'b' },
      steps: { c: { status: 'skipped' } },
    });
    const retried = await retryJob(ledger.database, 'acme', job.id);
    expect(retried).toMatchObject({ status: 'queued', error: null, finishedAt: null });
    expect(retried?.steps.a?.outputs).toEqual(failed.steps.a?.outputs);
    expect(await applyReport(ledger.database, reportOf(taskOf(job, 'b'), 'succeeded'))).toBe('ignored');
    await applyReport(ledger.database, reportOf(taskOf(job, 'b', { dispatch: 2 }), 'succeeded'));
    // A skipped step was never dispatched.
    await applyReport(ledger.database, reportOf(taskOf(job, 'c'), 'succeeded'));
    expect((await read(job.id)).status).toBe('succeeded');
  });

  it('refuses a job that is open or succeeded', async () => {
    const job = await submit(ledger.database, { a: 'input' });
    await expect(retryJob(ledger.database, 'acme', job.id)).rejects.toMatchObject({ code: 'conflict' });
    await applyReport(ledger.database, reportOf(taskOf(job, 'a'), 'succeeded'));
    await expect(retryJob(ledger.database, 'acme', job.id)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('backlog', () => {
  it('counts open steps of the tenant and the farm, and what the farm finishes', async () => {
    const own = await openLedger();
    try {
      for (const tenant of ['one', 'one', 'two']) await submit(own.database, { a: 'input', b: ['a'] }, { tenant });
      const job = await submit(own.database, { a: 'input' });
      await applyReport(own.database, reportOf(taskOf(job, 'a'), 'succeeded'));
      expect(await readBacklog(own.database, 'one')).toMatchObject({
        ...{ tenantOpenSteps: 4, farmOpenSteps: 6, finishedPerSecond: 1 / 60 },
      });
    } finally {
      await own.close();
    }
  });
});
