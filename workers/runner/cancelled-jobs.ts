import { type ControlMessage, controlMessage } from '../../shared/messages/report.ts';
import type { TaskMessage } from '../../shared/messages/task.ts';
import type { Bus, Consumer } from '../../shared/queue/bus.ts';
import { exchanges } from '../../shared/queue/topology.ts';

/** How many cancels a worker remembers; a task whose cancel it forgot runs to its end and the ledger ignores the result. */
const remembered = 10_000;

export type CancellableTask = Pick<TaskMessage, 'job' | 'step' | 'dispatch'>;

export interface CancelledJobs {
  has(task: CancellableTask): boolean;
  /** Calls back when the task is cancelled; returns how to stop listening. */
  onCancel(task: CancellableTask, callback: () => void): () => void;
  readonly consumer: Consumer;
}

interface Listener {
  readonly task: CancellableTask;
  readonly callback: () => void;
}

/** Hears the cancels broadcast on `farm.control`. A job retried after its cancel runs under a newer dispatch, which the cancel does not name. */
export function listenForCancels(bus: Pick<Bus, 'listen'>): CancelledJobs {
  const cancelled = new Map<string, ControlMessage>();
  const listeners = new Set<Listener>();
  const consumer = bus.listen(exchanges.control, '#', (body) => {
    const message = controlMessage.safeParse(body);
    if (!message.success) return;
    remember(cancelled, message.data);
    for (const { task, callback } of listeners) if (concerns(message.data, task)) callback();
  });
  return {
    consumer,
    has: (task) =>
      [task.job, `${task.job}/${task.step}`].some((key) => {
        const message = cancelled.get(key);
        return message !== undefined && concerns(message, task);
      }),
    onCancel: (task, callback) => {
      const listener = { task, callback };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function concerns(message: ControlMessage, task: CancellableTask): boolean {
  return (
    message.job === task.job &&
    (message.step ?? task.step) === task.step &&
    task.dispatch <= (message.dispatch ?? Number.POSITIVE_INFINITY)
  );
}

/** Cancels of one step come with rising dispatches, so the newest says all the older ones said. */
function remember(cancelled: Map<string, ControlMessage>, message: ControlMessage): void {
  const key = message.step === undefined ? message.job : `${message.job}/${message.step}`;
  cancelled.delete(key);
  cancelled.set(key, message);
  const oldest = cancelled.keys().next().value;
  if (cancelled.size > remembered && oldest !== undefined) cancelled.delete(oldest);
}
