import { stopRuns } from '../../shared/ledger/announce-cancel.ts';
import { terminalStepStatuses } from '../../shared/messages/job.ts';
import type { TaskReport } from '../../shared/messages/report.ts';
import type { Orchestrator } from './orchestrator.ts';

/**
 * A run that began although nobody waits for it is told to stop: its job was cancelled while the message lay in a queue, its
 * step has ended, was split or was sent out anew. Runs the fence ignores for other reasons (twins) are left to end by themselves.
 */
export async function stopStrayRun(
  { database, bus, log }: Orchestrator,
  { job, step, dispatch }: TaskReport,
): Promise<void> {
  const found = await database.query<{ status: string; dispatch: number }>(
    'select status, dispatch from steps where job_id = $1 and name = $2',
    [job, step],
  );
  const [current] = found.rows;
  const awaited =
    current !== undefined &&
    current.dispatch === dispatch &&
    !(terminalStepStatuses as readonly string[]).includes(current.status);
  if (awaited) return;
  await stopRuns(bus, { job, step, dispatch }).catch((error: unknown) =>
    log.warn({ err: error, job }, 'cancel.unannounced'),
  );
}
