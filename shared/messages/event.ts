import { z } from 'zod';
import { job } from './job.ts';

/** Contract §3. One envelope everywhere: Server-Sent Events, AMQP `farm.events`, webhooks. */
export const eventTypes = [
  'job.accepted',
  'job.started',
  'step.started',
  'step.progress',
  'step.succeeded',
  'step.failed',
  'rendition.ready',
  'job.succeeded',
  'job.failed',
  'job.cancelled',
] as const;
export type EventType = (typeof eventTypes)[number];

/** What a webhook may ask for beside single types. */
export const eventFamilies = ['job.*', 'step.*', 'rendition.*'] as const;

export const terminalEventTypes = [
  'job.succeeded',
  'job.failed',
  'job.cancelled',
] as const satisfies readonly EventType[];

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

export const farmEvent = z.looseObject({
  id: z.string(),
  type: z.enum(eventTypes),
  timestamp: z.string().describe('ISO 8601, when it happened'),
  sequence: z.int().describe('Rises by at least one with each event of the same job'),
  data: z.looseObject({
    job,
    test: z.literal(true).optional().describe('Only in the sample that tries an endpoint: there is no such job'),
    step: z.string().optional().describe('The step an event step.* or rendition.* is about'),
    rendition: z
      .string()
      .optional()
      .describe(
        'With rendition.ready: which one can be used now, while the step goes on; its files are among the outputs',
      ),
  }),
});
export type FarmEvent = z.infer<typeof farmEvent>;

/** `<tenant>.<type>.<severity>`: `step.failed` is a warning, `job.failed` critical, the rest info. */
export function severityOf(type: EventType): Severity {
  if (type === 'job.failed') return 'critical';
  return type === 'step.failed' ? 'warning' : 'info';
}

export function eventRoutingKey(tenant: string, type: EventType): string {
  return `${tenant}.${type}.${severityOf(type)}`;
}
