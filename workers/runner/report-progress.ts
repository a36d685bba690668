import type { Bus } from '../../shared/queue/bus.ts';
import { type Run, report } from './report.ts';

const minIntervalMs = 500;
/**
 * A second, less what timers are off: whatever the step does, fetching, looking and storing too. The ledger takes a run for dead after
 * 60 s of silence.
 */
const heartbeatMs = 900;

export interface ProgressReporter {
  update(fraction: number): void;
  stop(): void;
}

/**
 * Sends the first fraction at once and then the newest at most every 500 ms, never backwards, and every second even when
 * nothing changed: the heartbeat.
 */
export function startProgress(bus: Pick<Bus, 'publish'>, run: Run): ProgressReporter {
  let fraction = 0;
  let sent = 0;
  let sentAt = Date.now();
  let first = true;
  const send = () => {
    first = false;
    sent = fraction;
    sentAt = Date.now();
    // A lost progress report is replaced by the next one.
    report(bus, run, 'progress', { fraction }).catch(() => undefined);
  };
  const timer = setInterval(() => {
    if (fraction > sent || Date.now() - sentAt >= heartbeatMs) send();
  }, minIntervalMs);
  return {
    update: (next) => {
      fraction = Math.max(fraction, Math.min(1, Number.isFinite(next) ? next : 0));
      if (first && fraction > 0) send();
    },
    stop: () => clearInterval(timer),
  };
}
