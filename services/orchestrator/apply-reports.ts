import { applyReport } from '../../shared/ledger/apply-report.ts';
import { type TaskReport, taskReport } from '../../shared/messages/report.ts';
import type { Delivery } from '../../shared/queue/bus.ts';
import { queues } from '../../shared/queue/topology.ts';
import { createTurns } from '../../shared/take-turns.ts';
import { type Consuming, consumeUntil } from './consume-until.ts';
import { makeStorable } from './make-storable.ts';
import type { Orchestrator } from './orchestrator.ts';
import { persist } from './persist.ts';
import { stopSiblings } from './stop-siblings.ts';
import { stopStrayRun } from './stop-stray-run.ts';

/**
 * Takes what workers say of their runs (all but progress) into the ledger; `onApplied` lets the relays look at once. Those
 * of a job are taken in the order they came: one that overtakes is right too, but what it overtook is not heard any more.
 */
export function applyReports(orchestrator: Orchestrator, onApplied: () => void): Consuming {
  const { bus, log, config } = orchestrator;
  const inTurn = createTurns();
  return consumeUntil(bus, queues.state, { prefetch: config.concurrency, log }, async (delivery, signal) => {
    const report = parseReport(orchestrator, delivery);
    if (report === undefined) return delivery.reject();
    const apply = () => applyReport(orchestrator.database, report, config.leases);
    const verdict = await inTurn(report.job, () => persist(apply, signal));
    delivery.ack();
    if (verdict === 'applied') {
      onApplied();
      if (report.what === 'failed') await stopSiblings(orchestrator, report);
      return;
    }
    log.debug({ ...identify(report) }, 'report.ignored');
    if (report.what === 'started') await stopStrayRun(orchestrator, report);
  });
}

export function parseReport({ log }: Pick<Orchestrator, 'log'>, delivery: Delivery): TaskReport | undefined {
  const parsed = taskReport.safeParse(makeStorable(delivery.body));
  if (parsed.success) return parsed.data;
  log.error({ err: parsed.error, queue: delivery.queue, routingKey: delivery.routingKey }, 'report.unreadable');
  return undefined;
}

function identify({ job, step, what, dispatch, try: tryNumber, run, worker }: TaskReport) {
  return { job, step, what, dispatch, try: tryNumber, run, worker };
}
