import { stopRuns } from '../../shared/ledger/announce-cancel.ts';
import type { TaskReport } from '../../shared/messages/report.ts';
import type { Orchestrator } from './orchestrator.ts';

/**
 * A run of a cancelled job that began after the cancel was broadcast (its message lay in a queue) is told again. Runs the
 * fence ignores for other reasons are left to end by themselves.
 */
export async function stopStrayRun({ database, bus, log }: Orchestrator, report: TaskReport): Promise<void> {
  const found = await database.query<{ status: string }>('select status from jobs where id = $1', [report.job]);
  if (found.rows[0]?.status !== 'cancelled') return;
  await stopRuns(bus, report).catch((error: unknown) =>
    log.warn({ err: error, job: report.job }, 'cancel.unannounced'),
  );
}
