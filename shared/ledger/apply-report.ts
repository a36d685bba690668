import type { TaskReport } from '../messages/report.ts';
import { applyHappening } from './apply-happening.ts';
import type { Database } from './database.ts';
import type { LeasePolicy } from './lease-policy.ts';

/** Takes the progress of several steps and parts of one job, all at once. */
export async function applyProgress(
  database: Database,
  reports: readonly [TaskReport, ...TaskReport[]],
  policy?: LeasePolicy,
): Promise<'applied' | 'ignored'> {
  const [{ job: jobId, tenant }] = reports;
  const applied = await applyHappening(database, { jobId, tenant }, { what: 'progressed', reports }, policy);
  return applied?.verdict ?? 'ignored';
}

/** Takes what a worker reports, if it passes the fence (design §4). Late and duplicate reports are `ignored`. */
export async function applyReport(
  database: Database,
  report: TaskReport,
  policy?: LeasePolicy,
): Promise<'applied' | 'ignored'> {
  const address = { jobId: report.job, tenant: report.tenant };
  const applied = await applyHappening(database, address, { what: 'reported', report }, policy);
  return applied?.verdict ?? 'ignored';
}
