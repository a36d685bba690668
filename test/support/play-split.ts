/** A step that is split into parts, and workers that only report: for what a report costs. */
import { applyReport } from '../../shared/ledger/apply-report.ts';
import type { Database } from '../../shared/ledger/database.ts';
import type { Job } from '../../shared/messages/job.ts';
import type { TaskReport } from '../../shared/messages/report.ts';
import type { SplitPlan } from '../../shared/messages/split.ts';
import { childTraceparent } from '../../shared/trace-context.ts';
import { submit } from './ledger-fixture.ts';

export interface SplitJob {
  readonly job: Job;
  readonly parts: readonly string[];
  report(step: string, what: TaskReport['what'], change?: Partial<TaskReport>): Promise<'applied' | 'ignored'>;
}

/** Parts of the same weight, named `p0`, `p1` … */
export function planOf(count: number): SplitPlan {
  const parts = Array.from({ length: count }, (_, index) => ({ name: `p${index}`, params: {}, weight: 1 }));
  return { parts, joinWeight: 1, facts: {} };
}

/** A job of one step that a worker has just cut into `count` parts of the same weight. */
export async function splitJob(database: Database, count: number, slots = 8): Promise<SplitJob> {
  const job = await submit(database, { web: 'input' });
  const report = (step: string, what: TaskReport['what'], change: Partial<TaskReport> = {}) =>
    applyReport(database, {
      ...{
        schema: 1,
        what,
        tenant: 'acme',
        job: job.id,
        step,
        kind: 'resize',
        dispatch: 1,
        try: 0,
        run: `run_${step}`,
      },
      ...{ worker: 'test', at: '', traceparent: childTraceparent() },
      ...change,
    });
  const plan = planOf(count);
  await report('web', 'started');
  await report('web', 'split', { split: { plan, inputs: [], slots } });
  return { job, parts: plan.parts.map(({ name }) => `web.1.${name}`), report };
}
