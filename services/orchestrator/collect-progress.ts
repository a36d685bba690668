import { applyReport } from '../../shared/ledger/apply-report.ts';
import { compareRuns } from '../../shared/ledger/fence.ts';
import type { TaskReport } from '../../shared/messages/report.ts';
import { queues } from '../../shared/queue/topology.ts';
import { parseReport } from './apply-reports.ts';
import { type Consuming, consumeUntil } from './consume-until.ts';
import type { Orchestrator } from './orchestrator.ts';
import { repeat } from './repeat.ts';

/** Progress that arrives meanwhile waits in the broker, which drops the oldest. */
const prefetch = 500;

/**
 * Progress is also the heartbeat: of each step only the newest report is kept, and written once per interval. Reports are
 * settled as they come, for a lost one is replaced by the next.
 */
export function collectProgress(orchestrator: Orchestrator, onApplied: () => void): Consuming {
  const newest = new Map<string, TaskReport>();
  const { bus, log, config } = orchestrator;
  const consuming = consumeUntil(bus, queues.progress, { prefetch, log }, async (delivery) => {
    const report = parseReport(orchestrator, delivery);
    if (report) keepNewest(newest, report);
    delivery.ack();
  });
  const write = () => writeProgress(orchestrator, newest, onApplied);
  const loop = repeat(write, { name: 'progress', everyMs: config.progressEveryMs, log });
  return {
    health: () => (loop.health().ok ? consuming.health() : loop.health()),
    stop: async () => {
      await consuming.stop();
      await loop.stop();
    },
  };
}

function keepNewest(newest: Map<string, TaskReport>, report: TaskReport): void {
  const key = `${report.job}/${report.step}`;
  const known = newest.get(key);
  if (known === undefined || compareProgress(report, known) >= 0) newest.set(key, report);
}

function compareProgress(a: TaskReport, b: TaskReport): number {
  return a.dispatch - b.dispatch || compareRuns(a, b) || (a.fraction ?? 0) - (b.fraction ?? 0);
}

async function writeProgress(
  { database, config }: Orchestrator,
  newest: Map<string, TaskReport>,
  onApplied: () => void,
): Promise<void> {
  for (const [key, report] of newest) {
    newest.delete(key);
    if ((await applyReport(database, report, config.leases)) === 'applied') onApplied();
  }
}
