import type { Log } from '../../shared/log.ts';
import { newId } from '../../shared/messages/ids.ts';
import type { Bus, Delivery } from '../../shared/queue/bus.ts';
import { maxTries } from '../../shared/queue/retry-schedule.ts';
import type { RetryTier } from '../../shared/queue/topology.ts';
import type { Kind } from '../kind.ts';
import { type Attempt, createAttempt } from './attempt.ts';
import type { CancelledJobs } from './cancelled-jobs.ts';
import { type DecodedTask, decodeTask } from './decode-task.ts';
import type { InputSources } from './fetch-inputs.ts';
import { createInterrupter, interruptionOf } from './interruption.ts';
import { findManifest } from './manifest.ts';
import { decideOutcome, type Outcome } from './outcome.ts';
import { type Run, report } from './report.ts';
import { settle } from './settle.ts';
import { workOnTask } from './work-on-task.ts';

export interface RunnerParts extends InputSources {
  readonly bus: Pick<Bus, 'publish'>;
  readonly catalog: Readonly<Record<string, Kind>>;
  readonly cancelled: CancelledJobs;
  readonly retryTiers: readonly RetryTier[];
  readonly scratchRoot: string;
  readonly worker: string;
  readonly log: Log;
}

/** The story of one delivery: decode → fetch → process → store → announce → settle. Never throws. */
export async function runTask(parts: RunnerParts, delivery: Delivery, shutdown: AbortSignal): Promise<void> {
  const decoded = decodeOrReject(parts, delivery);
  if (decoded === undefined) return;
  const run: Run = { task: decoded.task, try: decoded.tryNumber, run: newId('run'), worker: parts.worker };
  const attempt = createAttempt(run);
  const outcome = await attemptTask(parts, delivery, decoded, run, attempt, shutdown);
  const settled = await settle(parts, delivery, run, outcome);
  attempt.log(parts.log, settled, maxTries(parts.retryTiers));
}

function decodeOrReject(parts: RunnerParts, delivery: Delivery): DecodedTask | undefined {
  try {
    return decodeTask(delivery, parts.catalog);
  } catch (error) {
    parts.log.error({ err: error, queue: delivery.queue, messageId: delivery.messageId }, 'task.unreadable');
    delivery.reject();
    return undefined;
  }
}

async function attemptTask(
  parts: RunnerParts,
  delivery: Delivery,
  { kind, task, tryNumber }: DecodedTask,
  run: Run,
  attempt: Attempt,
  shutdown: AbortSignal,
): Promise<Outcome> {
  const interrupter = createInterrupter({ timeoutMs: kind.contract.limits.timeoutMs, shutdown, lost: delivery.lost });
  const stopListening = parts.cancelled.onCancel(task, () => interrupter.interrupt('cancelled'));
  let error: unknown;
  try {
    if (parts.cancelled.has(task)) interrupter.interrupt('cancelled');
    interrupter.signal.throwIfAborted();
    if (!(delivery.redelivered && (await announceAgain(parts, run)))) {
      await workOnTask(parts, kind, run, attempt, interrupter.signal);
    }
  } catch (thrown) {
    error = thrown ?? new Error('the processor threw nothing');
    attempt.failed(error);
  } finally {
    stopListening();
    interrupter.release();
  }
  const interruption = interruptionOf(interrupter.signal);
  return decideOutcome({ step: task.step, error, interruption, tryNumber, maxTries: maxTries(parts.retryTiers) });
}

/** A message that comes again may belong to work that is done: its manifest is in the store. */
async function announceAgain(parts: RunnerParts, run: Run): Promise<boolean> {
  const found = await findManifest(parts.store, run.task);
  if (found === undefined) return false;
  await report(parts.bus, run, 'succeeded', found);
  return true;
}
