/** Passwords in params: given to the worker, and nowhere to be found after the job. On a real ledger. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defaultOrchestratorConfig } from '../../services/orchestrator/config.ts';
import { forgetSecrets, keptForRetryHours } from '../../services/orchestrator/forget-secrets.ts';
import { startOrchestrator } from '../../services/orchestrator/start-orchestrator.ts';
import { cancelJob } from '../../shared/ledger/cancel-job.ts';
import type { Database } from '../../shared/ledger/database.ts';
import { readJob } from '../../shared/ledger/read-job.ts';
import { retryJob } from '../../shared/ledger/retry-job.ts';
import type { Job } from '../../shared/messages/job.ts';
import {
  type Ledger,
  log,
  memoryBus,
  openLedger,
  retryDelaysMs,
  startFakeWorkers,
  submit,
} from '../support/ledger-fixture.ts';
import { until } from '../support/until.ts';

const secret = 'sesame-4711';

let ledger: Ledger;
beforeEach(async () => {
  ledger = await openLedger();
});
afterEach(() => ledger.close());

const submitProtected = (): Promise<Job> =>
  submit(
    ledger.database,
    {},
    {
      webhook: { url: 'https://example.com/hook' },
      steps: [
        { name: 'safe', kind: 'pdf', params: { layout: 'pages', encrypt: { userPassword: secret } }, uses: ['input'] },
      ],
    },
  );

/** Every table whose rows hold the password. */
async function tablesWithSecret(): Promise<readonly string[]> {
  const { database } = ledger;
  const tables = await database.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables.rows) {
    const { rowCount } = await database.query(`select 1 from "${name}" as row where row::text like $1 limit 1`, [
      `%${secret}%`,
    ]);
    if ((rowCount ?? 0) > 0) found.push(name);
  }
  return found;
}

it('the worker gets them; views, events and deliveries never; after the job the ledger has none', async () => {
  const bus = memoryBus();
  const config = {
    ...defaultOrchestratorConfig,
    ...{ relayEveryMs: 50, cleanEveryMs: 50 },
    leases: { dispatchedMs: 60_000, runningMs: 60_000, retryDelaysMs, maxLost: 3 },
  };
  const job = await submitProtected();
  expect(await tablesWithSecret()).toEqual(['steps']);
  const workers = startFakeWorkers(bus);
  const orchestrator = await startOrchestrator(config, { database: ledger.database, bus, log });
  try {
    await until(async () => (await tablesWithSecret()).length === 0, 'a ledger without the password');
    expect(workers.taken).toMatchObject([{ params: { layout: 'pages', encrypt: { userPassword: secret } } }]);
    const view = await readJob(ledger.database, 'acme', job.id);
    expect(view).toMatchObject({ job: { status: 'succeeded' } });
    expect(JSON.stringify(view)).not.toContain(secret);
    const { rows } = await ledger.database.query('select params, secrets from steps');
    expect(rows).toEqual([{ params: { layout: 'pages', encrypt: {} }, secrets: 'forgotten' }]);
  } finally {
    await orchestrator.close();
    await workers.close();
    await bus.close();
  }
});

it('a job that did not succeed keeps them for a retry, and refuses one when they are gone', async () => {
  const { database } = ledger;
  const job = await submitProtected();
  await forgetSecrets(database);
  expect(await tablesWithSecret()).toEqual(['steps']);
  await cancelJob(database, 'acme', job.id);
  await forgetSecrets(database);
  expect(await tablesWithSecret()).toEqual(['steps']);
  expect(await retryJob(database, 'acme', job.id)).toMatchObject({ status: 'queued' });
  await cancelJob(database, 'acme', job.id);
  await database.query(`update jobs set finished_at = now() - make_interval(hours => ${keptForRetryHours}, secs => 1)`);
  await forgetSecrets(database);
  expect(await tablesWithSecret()).toEqual([]);
  await expect(retryJob(database, 'acme', job.id)).rejects.toMatchObject({
    code: 'conflict',
    publicMessage: expect.stringMatching(/no longer kept\. Submit it again/),
  });
  expect(await retryJob(database, 'somebody-else', job.id)).toBeUndefined();
});

/** The job failed so long ago that the next sweep takes its password. */
async function longOver(): Promise<Job> {
  const job = await submitProtected();
  await cancelJob(ledger.database, 'acme', job.id);
  await ledger.database.query(
    `update jobs set finished_at = now() - make_interval(hours => ${keptForRetryHours}, secs => 1)`,
  );
  return job;
}

it('a retry that comes with the sweep is refused when the sweep was first', async () => {
  const { database } = ledger;
  const job = await longOver();
  // The sweep gets in at the last moment: before the transaction that opens the job again.
  const swept: Database = {
    ...database,
    transaction: async (work) => {
      await forgetSecrets(database);
      return await database.transaction(work);
    },
  };
  await expect(retryJob(swept, 'acme', job.id)).rejects.toMatchObject({ code: 'conflict' });
  expect((await readJob(database, 'acme', job.id))?.job.status).toBe('cancelled');
});

it('a sweep that comes with a retry leaves the password when the retry was first', async () => {
  const { database } = ledger;
  const job = await longOver();
  // The sweep comes when the retry is written and not yet committed.
  const sweeping: Database = {
    ...database,
    transaction: (work) =>
      database.transaction(async (client) => {
        const result = await work(client);
        await forgetSecrets(database);
        return result;
      }),
  };
  expect(await retryJob(sweeping, 'acme', job.id)).toMatchObject({ status: 'queued' });
  await forgetSecrets(database);
  expect(await tablesWithSecret()).toEqual(['steps']);
});

it('a dead letter is kept without them', async () => {
  const bus = memoryBus();
  const config = { ...defaultOrchestratorConfig, relayEveryMs: 50, deadLetterGraceMs: 50 };
  await submitProtected();
  const workers = startFakeWorkers(bus, async ({ delivery }) => delivery.reject());
  const orchestrator = await startOrchestrator(config, { database: ledger.database, bus, log });
  try {
    const letters = async () => (await ledger.database.query('select body from dead_letters')).rows;
    await until(async () => (await letters()).length === 1, 'a dead letter');
    expect(await letters()).toMatchObject([{ body: { kind: 'pdf', params: { layout: 'pages', encrypt: {} } } }]);
    expect(await tablesWithSecret()).toEqual(['steps']);
  } finally {
    await orchestrator.close();
    await workers.close();
    await bus.close();
  }
});

it('jobs without passwords can be tried again for as long as they are kept', async () => {
  const { database } = ledger;
  const steps = [{ name: 'plain', kind: 'pdf', params: { layout: 'pages' }, uses: ['input'] }];
  const job = await submit(database, {}, { steps });
  await cancelJob(database, 'acme', job.id);
  await database.query(`update jobs set finished_at = now() - interval '3 days'`);
  await forgetSecrets(database);
  expect((await database.query('select secrets from steps')).rows).toEqual([{ secrets: 'none' }]);
  expect(await retryJob(database, 'acme', job.id)).toMatchObject({ status: 'queued' });
});
