import { z } from 'zod';
import { publicError } from './job.ts';
import { splitPlan } from './split.ts';
import { storedOutput } from './stored-output.ts';
import { taskInput } from './task.ts';

/**
 * started    a run begins · progress  fraction 0…1, also the heartbeat · succeeded  outputs and manifest are stored
 * failed     for good: error · retrying  transient failure, a delay queue holds the next try · cancelled  stopped on request
 * split      the step goes on as parts · rendition  outputs that are of use already
 */
export const reportKinds = [
  'started',
  'progress',
  'succeeded',
  'failed',
  'retrying',
  'cancelled',
  'split',
  'rendition',
] as const;

/** What a worker says of a task on exchange `farm.reports`. The ledger takes it only if it passes the fence (design §4). */
export const taskReport = z.looseObject({
  schema: z.literal(1),
  what: z.enum(reportKinds),
  tenant: z.string(),
  job: z.string(),
  step: z.string(),
  kind: z.string(),
  dispatch: z.int(),
  try: z.int(),
  run: z.string(),
  worker: z.string(),
  at: z.string(),
  traceparent: z.string(),
  fraction: z.number().min(0).max(1).optional(),
  outputs: z.array(storedOutput).optional(),
  manifestKey: z.string().optional(),
  error: publicError.optional(),
  /** With `split`: the plan, and the inputs as the parts shall fetch them (a url input now lies in the store). */
  split: z.looseObject({ plan: splitPlan, inputs: z.array(taskInput), slots: z.int().optional() }).optional(),
  /** With `rendition`: its name; `outputs` are all that are public from now on. */
  rendition: z.string().optional(),
  /** Facts learned of url inputs, by reference: name, bytes and media type. */
  inputs: z.record(z.string(), z.looseObject({ name: z.string(), bytes: z.int(), mediaType: z.string() })).optional(),
});
export type TaskReport = z.infer<typeof taskReport>;

/** On exchange `farm.control`: every worker hears it. */
export const controlMessage = z.looseObject({
  schema: z.literal(1),
  what: z.enum(['cancel']),
  job: z.string(),
  step: z.string().optional(),
  /** Only runs of this dispatch or an older one; absent: all. A retried job runs under a newer one. */
  dispatch: z.int().optional(),
});
export type ControlMessage = z.infer<typeof controlMessage>;
