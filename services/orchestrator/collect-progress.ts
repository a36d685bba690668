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

/** How often it is looked whether a job's interval is over: of an interval. */
const looksPerInterval = 4;

interface Waiting {
  /** The newest report of each step and part, by job. */
  readonly newest: Map<string, Map<string, TaskReport>>;
  /** When a job's progress was written last. */
  readonly writtenAt: Map<string, number>;
}

/**
 * Progress is also the heartbeat: of each step only the newest report is kept, and those of a job are written together, however
 * many parts are at work: the first at once, so that a short job tells of its progress too, and then once per interval. Reports
 * are settled as they come, for a lost one is replaced by the next.
 */
export function collectProgress(orchestrator: Orchestrator, onApplied: () => void): Consuming {
  const waiting: Waiting = { newest: new Map(), writtenAt: new Map() };
  const { bus, log, config } = orchestrator;
  const everyMs = Math.ceil(config.progressEveryMs / looksPerInterval);
  const write = () => writeProgress(orchestrator, waiting, onApplied);
  const loop = repeat(write, { name: 'progress', everyMs, log });
  const consuming = consumeUntil(bus, queues.progress, { prefetch, log }, async (delivery) => {
    const report = parseReport(orchestrator, delivery);
    if (report && !waiting.writtenAt.has(keepNewest(waiting, report))) loop.wake();
    delivery.ack();
  });
  return {
    health: () => (loop.health().ok ? consuming.health() : loop.health()),
    stop: async () => {
      await consuming.stop();
      await loop.stop();
    },
  };
}

/** @returns what its job goes by. */
function keepNewest({ newest }: Waiting, report: TaskReport): string {
  const key = `${report.tenant}/${report.job}`;
  const ofJob = newest.get(key) ?? new Map<string, TaskReport>();
  newest.set(key, ofJob);
  const known = ofJob.get(report.step);
  if (known === undefined || compareProgress(report, known) >= 0) ofJob.set(report.step, report);
  return key;
}

function compareProgress(a: TaskReport, b: TaskReport): number {
  return a.dispatch - b.dispatch || compareRuns(a, b) || (a.fraction ?? 0) - (b.fraction ?? 0);
}

async function writeProgress(orchestrator: Orchestrator, waiting: Waiting, onApplied: () => void): Promise<void> {
  const { database, config } = orchestrator;
  const { newest, writtenAt } = waiting;
  const now = performance.now();
  for (const [key, at] of writtenAt) if (now - at >= config.progressEveryMs) writtenAt.delete(key);
  for (const [key, ofJob] of newest) {
    if (writtenAt.has(key)) continue;
    newest.delete(key);
    writtenAt.set(key, now);
    const [first, ...others] = ofJob.values();
    if (first && (await applyProgress(database, [first, ...others], config.leases)) === 'applied') onApplied();
  }
}
