import { z } from 'zod';

/** A step on the wire, from the relay to a worker. The number of the try travels in the header `x-farm-try`. */
export const tryHeader = 'x-farm-try';

export const taskInput = z.looseObject({
  /** The file name to show and to sniff by; never a path. */
  name: z.string(),
  source: z.union([z.looseObject({ key: z.string() }), z.looseObject({ url: z.string() })]),
  bytes: z.int().nullish(),
  mediaType: z.string().nullish(),
  sha256: z.string().nullish(),
  /** The reference it came from: an input's name, or `step/output`. */
  reference: z.string(),
});
export type TaskInput = z.infer<typeof taskInput>;

export const taskMessage = z.looseObject({
  schema: z.literal(1),
  tenant: z.string(),
  job: z.string(),
  step: z.string(),
  kind: z.string(),
  params: z.record(z.string(), z.unknown()),
  inputs: z.array(taskInput),
  /** Rises each time the ledger sends the step out anew; results of an older dispatch are void. */
  dispatch: z.int(),
  priorityClass: z.enum(['hi', 'std', 'bulk']),
  traceparent: z.string(),
  requestId: z.string(),
  /** ISO 8601; when the step was queued, for queuedMs. */
  queuedAt: z.string(),
});
export type TaskMessage = z.infer<typeof taskMessage>;
