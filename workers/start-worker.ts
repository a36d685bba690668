import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../shared/log.ts';
import type { Health, Part } from '../shared/part.ts';
import type { Bus, Delivery, Slot } from '../shared/queue/bus.ts';
import { farmTopology, priorityClasses, workQueue } from '../shared/queue/topology.ts';
import type { ObjectStore } from '../shared/store/object-store.ts';
import type { WorkerConfig } from './config.ts';
import type { Kind } from './kind.ts';
import { listenForCancels } from './runner/cancelled-jobs.ts';
import type { OpenUrl } from './runner/fetch-inputs.ts';
import { type RunnerParts, runTask } from './runner/run-task.ts';
import { sweepScratch } from './runner/scratch.ts';

export interface WorkerDeps {
  readonly bus: Bus;
  readonly store: ObjectStore;
  readonly log: Log;
  readonly catalog: Readonly<Record<string, Kind>>;
  readonly openUrl: OpenUrl;
}

export interface Worker extends Part {
  /** Resolves when all queues were seen empty and nothing runs any more: cron mode, `worker --drain`. */
  drained(): Promise<void>;
}

/** A daemon: `concurrency` slots, each taking one task at a time from the queues of its kinds, hi before std before bulk. */
export async function startWorker(
  config: WorkerConfig,
  deps: WorkerDeps,
  mode: 'daemon' | 'drain' = 'daemon',
): Promise<Worker> {
  await sweepScratch(config.scratchRoot);
  const stopTaking = new AbortController();
  const shutdown = new AbortController();
  const cancelled = listenForCancels(deps.bus);
  const { retryTiers } = farmTopology(config.kinds, config.retryDelaysMs);
  const worker = `${hostname()}-${process.pid}`;
  const parts: RunnerParts = { ...deps, cancelled, retryTiers, scratchRoot: config.scratchRoot, worker };
  const slots = Array.from({ length: config.concurrency }, () => deps.bus.openSlot());
  const loops = slots.map((slot) => runSlot(slot, parts, config.kinds, mode, stopTaking.signal, shutdown.signal));
  let closing: Promise<void> | undefined;
  const close = async () => {
    stopTaking.abort();
    const timer = setTimeout(() => shutdown.abort(), config.drainTimeoutMs);
    await Promise.all(loops);
    clearTimeout(timer);
    await Promise.all([cancelled.consumer.stop(), ...slots.map((slot) => slot.close())]);
  };
  deps.log.info({ kinds: config.kinds, concurrency: config.concurrency, worker, mode }, 'worker.started');
  return {
    name: 'worker',
    drained: async () => {
      await Promise.all(loops);
    },
    health: async () => [slotHealth(slots)],
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

async function runSlot(
  slot: Slot,
  parts: RunnerParts,
  kinds: readonly string[],
  mode: 'daemon' | 'drain',
  stop: AbortSignal,
  shutdown: AbortSignal,
): Promise<void> {
  for (let turn = 0; !stop.aborted; turn += 1) {
    const delivery = await takeNext(slot, queuesInOrder(kinds, turn), mode, stop, parts.log);
    if (delivery === 'empty') return;
    if (delivery !== undefined) await runTask(parts, delivery, shutdown);
  }
}

/** A broker that is away refuses at once; asking again at once would fill the log and a core. */
const takeAgainAfterMs = 1000;

async function takeNext(
  slot: Slot,
  queues: readonly string[],
  mode: 'daemon' | 'drain',
  stop: AbortSignal,
  log: Log,
): Promise<Delivery | 'empty' | undefined> {
  try {
    if (mode === 'drain') return (await slot.tryTake(queues)) ?? 'empty';
    return await slot.take(queues, stop);
  } catch (error) {
    log.warn({ err: error }, 'worker.take_failed');
    await wait(takeAgainAfterMs, undefined, { signal: stop }).catch(() => undefined);
    return undefined;
  }
}

/** All kinds of a class before the next class; which kind comes first rotates, so none starves another. */
function queuesInOrder(kinds: readonly string[], turn: number): readonly string[] {
  const start = turn % kinds.length;
  const rotated = [...kinds.slice(start), ...kinds.slice(0, start)];
  return priorityClasses.flatMap((priorityClass) => rotated.map((kind) => workQueue(kind, priorityClass)));
}

function slotHealth(slots: readonly Slot[]): Health {
  const dead = slots.filter((slot) => !slot.live).length;
  if (dead === 0) return { name: 'worker', ok: true };
  return { name: 'worker', ok: false, reason: `${dead} of ${slots.length} slots have no live channel to the broker` };
}
