import type { Log } from '../../shared/log.ts';
import type { Health } from '../../shared/part.ts';

export interface Loop {
  /** Runs again at once, or right after the run under way. */
  wake(): void;
  health(): Health;
  /** No new run; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

interface LoopOptions {
  readonly name: string;
  readonly everyMs: number;
  /** Between two runs at least, so that a hundred wakes a second become a few runs that each do more. */
  readonly restMs?: number;
  readonly log: Log;
}

/** A failed run is made up for within so long, however rarely the work is due: until then the program says it is not ready. */
const retryMs = 10_000;

/** Runs `work` now, then whenever it is woken and at least every `everyMs`. A failed run is logged once until one succeeds again. */
export function repeat(work: () => Promise<unknown>, { name, everyMs, restMs = 0, log }: LoopOptions): Loop {
  const alarm = createAlarm();
  let stopped = false;
  let health: Health = { name, ok: true };
  const runOnce = async () => {
    try {
      await work();
      health = { name, ok: true };
    } catch (error) {
      if (health.ok) log.warn({ err: error, loop: name }, 'loop.failed');
      health = { name, ok: false, reason: error instanceof Error ? error.message : String(error) };
      return false;
    }
    return true;
  };
  const running = (async () => {
    while (!stopped) {
      if (await runOnce()) {
        await alarm.pause(restMs);
        await alarm.wait(everyMs);
      } else {
        // Wakes wait too: what failed would fail again at once.
        await alarm.pause(Math.min(everyMs, retryMs));
      }
    }
  })();
  return {
    wake: alarm.ring,
    health: () => health,
    stop: async () => {
      stopped = true;
      alarm.end();
      await running;
    },
  };
}

/** A bell that is heard even when it rang before anybody listened. */
function createAlarm() {
  let rung = false;
  let ended = false;
  let awake: (() => void) | undefined;
  const sleep = (ms: number, isOver: () => boolean) =>
    new Promise<void>((resolve) => {
      if (ended || isOver()) return resolve();
      const timer = setTimeout(finish, ms);
      awake = () => (ended || isOver()) && finish();
      function finish() {
        clearTimeout(timer);
        awake = undefined;
        resolve();
      }
    });
  return {
    ring: () => {
      rung = true;
      awake?.();
    },
    end: () => {
      ended = true;
      awake?.();
    },
    pause: (ms: number) => (ms === 0 ? Promise.resolve() : sleep(ms, () => false)),
    wait: async (ms: number) => {
      await sleep(ms, () => rung);
      rung = false;
    },
  };
}
