import { z } from 'zod';

/** The job document users send and the Job they read back. Requests are strict, answers loose (contract §2). */

export const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const name = z.string().regex(namePattern, 'expected 1–64 letters, digits, - or _');

export const priorities = ['high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];

export const jobStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof jobStatuses)[number];
export const terminalJobStatuses: readonly JobStatus[] = ['succeeded', 'failed', 'cancelled'];

export const stepStatuses = ['waiting', 'queued', 'running', 'succeeded', 'failed', 'cancelled', 'skipped'] as const;
export type StepStatus = (typeof stepStatuses)[number];
export const terminalStepStatuses: readonly StepStatus[] = ['succeeded', 'failed', 'cancelled', 'skipped'];

const webAddress = z.url({
  protocol: /^https?$/,
  error: 'expected an absolute URL such as https://example.com/path',
});

export const inputReference = z.union([
  z.string().describe('An upload id'),
  z.strictObject({ upload: z.string() }),
  z.strictObject({ url: webAddress }),
  z.strictObject({ key: z.string().min(1).max(1024).describe("An object in the farm's own bucket") }),
]);
export type InputReference = z.infer<typeof inputReference>;

export const webhookRequest = z.strictObject({
  url: webAddress,
  events: z.array(z.string()).min(1).optional(),
});
export type WebhookRequest = z.infer<typeof webhookRequest>;

/** A step as sent: `kind`, `use`, and the params of that kind, which its contract checks. */
export const stepRequest = z.looseObject({
  kind: z.string(),
  use: z.union([z.string(), z.array(z.string()).min(1).max(1000)]).optional(),
});
export type StepRequest = z.infer<typeof stepRequest>;

export const jobRequest = z.strictObject({
  input: inputReference.optional(),
  inputs: z.record(name, inputReference).optional(),
  steps: z.record(name, stepRequest).refine((steps) => Object.keys(steps).length > 0, 'expected at least one step'),
  webhook: webhookRequest.optional(),
  priority: z.enum(priorities).default('normal'),
  runAt: z.iso
    .datetime({ offset: true, error: 'expected a time with its zone, such as 2026-11-21T15:04:05Z' })
    .nullish(),
  metadata: z.record(z.string().max(64), z.string().max(512)).default({}),
});
export type JobRequest = z.infer<typeof jobRequest>;

export const publicError = z.looseObject({ code: z.string(), message: z.string(), step: z.string().nullish() });
export type PublicError = z.infer<typeof publicError>;

/** Facts of an output or input; only those that apply are present. */
export const mediaFacts = z.looseObject({
  width: z.int().optional(),
  height: z.int().optional(),
  durationMs: z.number().optional(),
  videoCodec: z.string().optional(),
  audioCodec: z.string().optional(),
  pages: z.int().optional(),
});
export type MediaFacts = z.infer<typeof mediaFacts>;

export const jobOutput = mediaFacts.extend({
  name: z.string(),
  mediaType: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  url: z.string(),
});
export type JobOutput = z.infer<typeof jobOutput>;

export const jobStep = z.looseObject({
  kind: z.string(),
  status: z.enum(stepStatuses),
  progress: z.number(),
  attempts: z.int(),
  outputs: z.array(jobOutput),
  error: publicError.nullable(),
  /** Of a step that many workers share: how many parts it was cut into, and the runs they took. */
  parts: z.object({ total: z.int(), running: z.int(), succeeded: z.int(), attempts: z.int() }).optional(),
});
export type JobStep = z.infer<typeof jobStep>;

export const jobInput = z.looseObject({
  name: z.string(),
  bytes: z.int().nullable(),
  mediaType: z.string().nullable(),
});
export type JobInput = z.infer<typeof jobInput>;

export const job = z.looseObject({
  id: z.string(),
  status: z.enum(jobStatuses),
  progress: z.number(),
  priority: z.enum(priorities),
  runAt: z.string().nullable(),
  inputs: z.record(z.string(), jobInput),
  steps: z.record(z.string(), jobStep),
  error: publicError.nullable(),
  metadata: z.record(z.string(), z.string()),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type Job = z.infer<typeof job>;
