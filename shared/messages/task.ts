import { z } from 'zod';
import { partPlan, taskPhases } from './split.ts';
import { storedOutput } from './stored-output.ts';

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

/** What became of a part, for the join. */
export const partOutcome = z.looseObject({ plan: partPlan, outputs: z.array(storedOutput) });
export type PartOutcome = z.infer<typeof partOutcome>;

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
  /** Absent: `start`. */
  phase: z.enum(taskPhases).optional(),
  /** Workers' slots for this kind as the relay last saw them; a step may be split among the idle ones. */
  slots: z.object({ idle: z.int(), total: z.int() }).optional(),
  /** In phase `part`: which one. `step` is then the part's own name, `of` how many there are. */
  part: z.looseObject({ step: z.string(), index: z.int(), of: z.int(), plan: partPlan }).optional(),
  /** In phase `join`: all parts in the order of the plan, and the plan's facts. */
  join: z.looseObject({ parts: z.array(partOutcome), facts: z.record(z.string(), z.unknown()) }).optional(),
});
export type TaskMessage = z.infer<typeof taskMessage>;
