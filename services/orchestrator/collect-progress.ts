import { applyProgress } from '../../shared/ledger/apply-report.ts';
import { compareRuns } from '../../shared/ledger/fence.ts';
import type { TaskReport } from '../../shared/messages/report.ts';
import { queues } from '../../shared/queue/topology.ts';
import { parseReport } from './apply-reports.ts';
import { type Consuming, consumeUntil } from './consume-until.ts';
import type { Orchestrator } from './orchestrator.ts';
import { repeat } from './repeat.ts';

/** Progress that arrives meanwhile waits in the broker, which drops the oldest. */
const prefetch = 500;

/** The newest report of each step and part, by job. */
type Newest = Map<string, Map<string, TaskReport>>;

/**
 * Progress is also the heartbeat: of each step only the newest report is kept, and those of a job are written together,
 * once per interval, however many parts are at work. Reports are settled as they come, for a lost one is replaced by the
 * next.
 */
export function collectProgress(orchestrator: Orchestrator, onApplied: () => void): Consuming {
  const newest: Newest = new Map();
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

function keepNewest(newest: Newest, report: TaskReport): void {
  const key = `${report.tenant}/${report.job}`;
  const ofJob = newest.get(key) ?? new Map<string, TaskReport>();
  newest.set(key, ofJob);
  const known = ofJob.get(report.step);
  if (known === undefined || compareProgress(report, known) >= 0) ofJob.set(report.step, report);
}

function compareProgress(a: TaskReport, b: TaskReport): number {
  return a.dispatch - b.dispatch || compareRuns(a, b) || (a.fraction ?? 0) - (b.fraction ?? 0);
}

async function writeProgress({ database, config }: Orchestrator, newest: Newest, onApplied: () => void): Promise<void> {
  for (const [key, ofJob] of newest) {
    newest.delete(key);
    const [first, ...others] = ofJob.values();
    if (first && (await applyProgress(database, [first, ...others], config.leases)) === 'applied') onApplied();
  }
}
