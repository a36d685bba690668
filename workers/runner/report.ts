import type { TaskReport } from '../../shared/messages/report.ts';
import type { TaskMessage } from '../../shared/messages/task.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import { exchanges, reportRoutingKey } from '../../shared/queue/topology.ts';

/** Who is working on what: the identity every report of one run carries. */
export interface Run {
  readonly task: TaskMessage;
  readonly try: number;
  readonly run: string;
  readonly worker: string;
}

export type ReportDetails = Pick<
  TaskReport,
  'fraction' | 'outputs' | 'manifestKey' | 'error' | 'inputs' | 'split' | 'rendition'
>;

/** Tells the orchestrator; resolves when the broker has it. @throws AppError `broker_unavailable`. */
export async function report(
  bus: Pick<Bus, 'publish'>,
  run: Run,
  what: TaskReport['what'],
  details: ReportDetails = {},
): Promise<void> {
  const body: TaskReport = {
    schema: 1,
    what,
    tenant: run.task.tenant,
    job: run.task.job,
    step: run.task.step,
    kind: run.task.kind,
    dispatch: run.task.dispatch,
    try: run.try,
    run: run.run,
    worker: run.worker,
    at: new Date().toISOString(),
    traceparent: run.task.traceparent,
    ...details,
  };
  await bus.publish({ exchange: exchanges.reports, routingKey: reportRoutingKey(run.task.kind, what), body });
}
