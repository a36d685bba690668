/**
 * The cost of bookkeeping, on both ledgers: SQL statements of an ordinary job; of a part's reports as a step has more parts; and of a
 * whole split in a farm with an orchestrator and workers that do nothing.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../services/embedded/start-postgres.ts';
import { defaultOrchestratorConfig } from '../services/orchestrator/config.ts';
import { startOrchestrator } from '../services/orchestrator/start-orchestrator.ts';
import { applyReport } from '../shared/ledger/apply-report.ts';
import { type Database, openDatabase } from '../shared/ledger/database.ts';
import { relayDispatches } from '../shared/ledger/relay-dispatches.ts';
import { relayEvents } from '../shared/ledger/relay-events.ts';
import { type Cost, countStatements } from '../test/support/count-statements.ts';
import {
  log,
  memoryBus,
  reportOf,
  startFakeWorkers,
  submit,
  succeed,
  type TaskAtWorker,
  taskOf,
} from '../test/support/ledger-fixture.ts';
import { planOf, splitJob } from '../test/support/play-split.ts';
import { freshDatabase, type Servers } from '../test/support/servers.ts';
import { startServers } from '../test/support/start-servers.ts';
import { until } from '../test/support/until.ts';
import type { Bench } from './bench.ts';

const sizes = [10, 100, 600];
const slots = 16;
const timeLimitMs = 600_000;

export const bench: Bench = async (print) => {
  const running = process.env.FARM_TEST_SERVERS || undefined;
  const given = running === undefined ? await startServers() : undefined;
  const servers = given?.servers ?? (JSON.parse(await readFile(running ?? '', 'utf8')) as Servers);
  const dataDir = await mkdtemp(join(tmpdir(), 'farm-bench-'));
  const embedded = await startPostgres({ dataDir, log });
  try {
    await measure('embedded ledger', { ...servers, postgresUrl: embedded.url }, print);
    await measure('PostgreSQL', servers, print);
  } finally {
    await embedded.close();
    await rm(dataDir, { recursive: true, force: true });
    await given?.close();
  }
};

async function measure(name: string, servers: Servers, print: (line: string) => void): Promise<void> {
  const fresh = await freshDatabase(servers);
  const database = openDatabase(fresh.url);
  try {
    const version = await database.query<{ version: string }>(`select current_setting('server_version') as version`);
    print(`${name} (${version.rows[0]?.version})`);
    await measureJob(database, print);
    await measureParts(database, print);
    await measureFarm(database, print);
  } finally {
    await database.close();
    await fresh.drop();
  }
}

/** A job of one step with a webhook, alone in the farm: nothing is shared with others, so this is the most a job costs. */
async function measureJob(inner: Database, print: (line: string) => void): Promise<void> {
  const { database, cost } = countStatements(inner);
  const bus = memoryBus();
  const relay = { database, bus, log };
  const webhook = { url: 'https://example.com/hook' };
  let job = await submit(database, { web: 'input' }, { webhook });
  const task = () => taskOf(job, 'web');
  const told = (what: 'started' | 'progress' | 'succeeded') => () =>
    applyReport(database, reportOf(task(), what, { run: 'run_1', fraction: 0.5 }));
  const submitted = async () => {
    job = await submit(database, { web: 'input' }, { webhook });
  };
  const phases: [string, () => Promise<unknown>][] = [
    ['submit', submitted],
    ['relay', () => relayDispatches(relay)],
    ...(['started', 'progress', 'succeeded'] as const).map((what): [string, () => Promise<unknown>] => [
      what,
      told(what),
    ]),
    ['publish events', () => relayEvents(relay)],
  ];
  const spent: [string, number][] = [];
  for (const [phase, work] of phases) spent.push([phase, (await cost(work)).statements]);
  const total = spent.reduce((sum, [, statements]) => sum + statements, 0);
  print(`  a job of one step: ${total} statements (${spent.map(([phase, count]) => `${phase} ${count}`).join(', ')})`);
  await bus.close();
}

interface PartsCost {
  readonly count: number;
  readonly reports: number;
  readonly spent: Cost;
  readonly ms: number;
}

async function measureParts(inner: Database, print: (line: string) => void): Promise<void> {
  await playParts(inner, 20);
  const costs: PartsCost[] = [];
  for (const count of sizes) costs.push(await playParts(inner, count));
  const [fewest] = costs as [PartsCost];
  const perReport = ({ ms, reports }: PartsCost) => ms / reports;
  for (const one of costs) {
    const { count, reports, spent, ms } = one;
    print(
      `  ${String(count).padStart(4)} parts: ${(spent.statements / reports).toFixed(1)} statements and ${(spent.rows / reports).toFixed(1)} rows a report, ${(ms / 1000).toFixed(1)} s for ${reports} reports; time a report × ${(perReport(one) / perReport(fewest)).toFixed(2)}`,
    );
  }
}

/** Each part is started, gets on and succeeds, one report after the other. */
async function playParts(inner: Database, count: number): Promise<PartsCost> {
  const { database, cost } = countStatements(inner);
  const { parts, report } = await splitJob(database, count);
  const startedAt = performance.now();
  const spent = await cost(async () => {
    for (const part of parts) {
      await report(part, 'started');
      await report(part, 'progress', { fraction: 0.5 });
      await report(part, 'succeeded', { outputs: [] });
    }
  });
  return { count, reports: 3 * count, spent, ms: performance.now() - startedAt };
}

/** Split, parts and join go through the orchestrator, the relay and the broker in memory; nothing else is done. */
async function measureFarm(inner: Database, print: (line: string) => void): Promise<void> {
  const runs: { count: number; statements: number; ms: number }[] = [];
  for (const count of sizes) {
    const { database, cost } = countStatements(inner);
    const bus = memoryBus();
    const config = { ...defaultOrchestratorConfig, epochSettleMs: 0 };
    const orchestrator = await startOrchestrator(config, { database, bus, log });
    const workers = startFakeWorkers(bus, (at) => workOn(at, count), slots);
    const startedAt = performance.now();
    const { statements } = await cost(async () => {
      const { id } = await submit(database, { web: 'input' });
      const ended = 'select 1 from jobs where id = $1 and finished_at is not null';
      await until(async () => (await inner.query(ended, [id])).rows.length > 0, `the end of ${id}`, timeLimitMs);
    });
    runs.push({ count, statements, ms: performance.now() - startedAt });
    await orchestrator.close();
    await workers.close();
    await bus.close();
  }
  const shown = runs.map(
    ({ count, statements, ms }) =>
      `${count} parts ${(ms / 1000).toFixed(1)} s, ${(ms / count).toFixed(1)} ms and ${(statements / count).toFixed(1)} statements each`,
  );
  print(`  a split at ${slots} slots that do nothing: ${shown.join('; ')}`);
}

async function workOn(at: TaskAtWorker, count: number): Promise<void> {
  if (at.task.phase !== undefined) return await succeed(at);
  await at.report('started');
  await at.report('split', { split: { plan: planOf(count), inputs: [], slots } });
  at.delivery.ack();
}
