import type { TaskReport } from '../messages/report.ts';
import { applyHappening } from './apply-happening.ts';
import type { Database } from './database.ts';
import type { LeasePolicy } from './lease-policy.ts';

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
