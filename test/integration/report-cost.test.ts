/** What the ledger pays for a report of a part: the same however many parts the step has. Counted, never timed. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyProgress } from '../../shared/ledger/apply-report.ts';
import { readJob } from '../../shared/ledger/read-job.ts';
import type { TaskReport } from '../../shared/messages/report.ts';
import { type Cost, type CountedDatabase, countStatements } from '../support/count-statements.ts';
import { type Ledger, openLedger, reportOf, taskOf } from '../support/ledger-fixture.ts';
import { type SplitJob, splitJob } from '../support/play-split.ts';

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger.close());

const whats = ['started', 'progress', 'rendition', 'retrying', 'succeeded'] as const;
const change: Partial<TaskReport> = { fraction: 0.5, outputs: [], rendition: '360p' };

/** The most that a report of each kind costs while the first parts are made. */
async function costOfReports({ parts, report }: SplitJob, { cost }: CountedDatabase): Promise<Record<string, Cost>> {
  const costs: Record<string, Cost> = {};
  for (const part of parts.slice(0, 5)) {
    for (const what of whats) {
      const spent = await cost(async () => expect(await report(part, what, change)).toBe('applied'));
      costs[what] = most(costs[what], spent);
    }
  }
  return costs;
}

const most = (one: Cost | undefined, other: Cost): Cost => ({
  statements: Math.max(one?.statements ?? 0, other.statements),
  rows: Math.max(one?.rows ?? 0, other.rows),
  reads: Math.max(one?.reads ?? 0, other.reads),
});

it('costs no more with 1500 parts than with 50: the same statements, the same rows', async () => {
  const counted = countStatements(ledger.database, { reads: true });
  const [few, many] = [await splitJob(counted.database, 50), await splitJob(counted.database, 1500)];
  // PostgreSQL then knows how long the table is, as it does in a farm that has run for a while.
  await ledger.database.query('analyze');
  const expected = await costOfReports(few, counted);
  expect(await costOfReports(many, counted)).toEqual(expected);
  for (const { rows } of Object.values(expected)) expect(rows).toBeLessThan(6);
});

it('takes the progress of all parts at work in as many statements as that of one', async () => {
  const counted = countStatements(ledger.database);
  const { job, parts, report } = await splitJob(counted.database, 100, 20);
  const atWork = parts.slice(0, 40);
  for (const part of atWork) await report(part, 'started');
  const beat = (names: readonly string[], fraction: number) => {
    const task = taskOf(job, 'web');
    const [first, ...others] = names.map((step) =>
      reportOf({ ...task, step }, 'progress', { run: `run_${step}`, fraction }),
    );
    return counted.cost(async () =>
      expect(await applyProgress(counted.database, [first as TaskReport, ...others])).toBe('applied'),
    );
  };
  const one = await beat(atWork.slice(0, 1), 0.2);
  expect(await beat(atWork, 0.5)).toEqual({ ...one, rows: one.rows + atWork.length - 1 });
  const shown = (await readJob(counted.database, 'acme', job.id))?.job.steps.web;
  expect(shown).toMatchObject({ progress: 0.198, parts: { total: 100, running: 40 } });
});

it('shows a job without reading the parts of its steps', async () => {
  const { database, cost } = countStatements(ledger.database);
  const { job } = await splitJob(database, 100);
  expect(await cost(() => readJob(database, 'acme', job.id))).toMatchObject({ statements: 2, rows: 2 });
});
