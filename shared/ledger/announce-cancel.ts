import type { ControlMessage } from '../messages/report.ts';
import type { Bus } from '../queue/bus.ts';
import { exchanges } from '../queue/topology.ts';
import type { Queryable } from './database.ts';

/**
 * Tells every worker to stop what it runs of a cancelled job. Call it after `cancelJob`; a lost message costs only a
 * worker's time, for the ledger ignores the result. The message names the dispatch, so that a job which is retried right
 * away is not stopped by it.
 */
export async function announceCancel(deps: { database: Queryable; bus: Bus }, jobId: string): Promise<void> {
  const running = await deps.database.query<{ name: string; dispatch: number }>(
    `select name, dispatch from steps where job_id = $1 and status = 'cancelled' and dispatched_at is not null`,
    [jobId],
  );
  await Promise.all(running.rows.map(({ name, dispatch }) => stopRuns(deps.bus, { job: jobId, step: name, dispatch })));
}

interface RunsOfStep {
  readonly job: string;
  readonly step: string;
  readonly dispatch: number;
}

/** Stops the runs of one step that belong to this or an older dispatch. */
export async function stopRuns(bus: Bus, { job, step, dispatch }: RunsOfStep): Promise<void> {
  const body: ControlMessage = { schema: 1, what: 'cancel', job, step, dispatch };
  await bus.publish({ exchange: exchanges.control, routingKey: 'cancel', body });
}
