import { AppError } from '../errors.ts';
import type { Bus, OutgoingMessage } from '../queue/bus.ts';

export interface Published<T> {
  readonly handed: readonly T[];
  /** The first failure, for the log. */
  readonly failure: unknown;
  readonly failed: number;
}

/** As many as the bus lets be unconfirmed; more would only wait inside it. */
const inFlight = 16;

/**
 * Publishes one message per item and says which were confirmed. A message the broker refuses does not keep the others
 * from going out; when the broker is away the rest is not tried, so the wait stays at one deadline (5 s).
 */
export async function publishAll<T>(
  bus: Bus,
  items: readonly T[],
  toMessage: (item: T) => OutgoingMessage,
): Promise<Published<T>> {
  const handed: T[] = [];
  const failures: unknown[] = [];
  const waiting = [...items];
  const publishWaiting = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined && !failures.some(isAway); item = waiting.shift()) {
      try {
        await bus.publish(toMessage(item));
        handed.push(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, items.length) }, publishWaiting));
  return { handed, failure: failures[0], failed: items.length - handed.length };
}

function isAway(error: unknown): boolean {
  return !(error instanceof AppError && error.code === 'message_refused');
}
