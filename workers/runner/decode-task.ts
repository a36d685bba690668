import { AppError } from '../../shared/errors.ts';
import { type TaskMessage, taskMessage, tryHeader } from '../../shared/messages/task.ts';
import type { Delivery } from '../../shared/queue/bus.ts';
import type { Kind } from '../kind.ts';

export interface DecodedTask {
  readonly task: TaskMessage;
  readonly kind: Kind;
  /** 0 is the first try. */
  readonly tryNumber: number;
}

/** @throws AppError `invalid_request` when this worker cannot read the message; it then becomes a dead letter. */
export function decodeTask(delivery: Delivery, catalog: Readonly<Record<string, Kind>>): DecodedTask {
  const parsed = taskMessage.safeParse(delivery.body);
  if (!parsed.success)
    throw new AppError('invalid_request', 'The task message does not fit its schema.', { cause: parsed.error });
  const kind = catalog[parsed.data.kind];
  if (kind === undefined) throw new AppError('kind_unavailable', `This worker has no kind "${parsed.data.kind}".`);
  return { task: parsed.data, kind, tryNumber: Number(delivery.headers[tryHeader] ?? 0) };
}
