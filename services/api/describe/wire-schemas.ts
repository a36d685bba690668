/** The shapes of the HTTP answers that only the api makes; those the parts share are in shared/messages. */
import { z } from 'zod';
import { errorCodes } from '../../../shared/errors.ts';
import { eventFamilies, eventTypes, farmEvent } from '../../../shared/messages/event.ts';
import { inputReference, job, jobOutput, jobStep, publicError, webhookRequest } from '../../../shared/messages/job.ts';
import { endpointChange, endpointTest, secretRotation } from '../webhook-requests.ts';

const codes = Object.keys(errorCodes) as [string, ...string[]];

export const upload = z.looseObject({
  id: z.string().describe('Starts with up_'),
  name: z.string().describe('The file name as sent, made fit to keep'),
  bytes: z.int(),
  sha256: z.string().describe('Of the whole file, in hexadecimal'),
  mediaType: z.string().describe('Sniffed from the content, not what the sender said'),
  createdAt: z.string(),
});

export const fieldError = z.looseObject({
  pointer: z.string().describe('JSON Pointer (RFC 6901) into the body'),
  detail: z.string(),
});

export const problem = z.looseObject({
  type: z.string().describe('A URI reference; GET it for the meaning of the code'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What was expected, what came, what to do'),
  code: z.enum(codes),
  requestId: z.string(),
  retryable: z.boolean().describe('May the same request succeed later, unchanged?'),
  errors: z.array(fieldError).optional(),
});

const page = { nextCursor: z.string().nullable(), hasMore: z.boolean() };
export const jobList = z.looseObject({ data: z.array(job), ...page });

export const batchItem = z.union([
  z.looseObject({ status: z.literal(202), job }),
  z.looseObject({ status: z.int(), problem }),
]);
export const batchResult = z.looseObject({ data: z.array(batchItem).describe('In the order of the request') });

const endpointShape = {
  id: z.string().describe('Starts with we_'),
  url: z.string(),
  events: z.array(z.enum([...eventTypes, ...eventFamilies])),
  createdAt: z.string(),
  disabledAt: z.string().nullable().describe('Since when nothing is sent to it'),
  disabledReason: z.string().nullable(),
  failingSince: z.string().nullable().describe('Every attempt has failed since then'),
  previousSecretUntil: z.string().nullable().describe('Until then the secret before the present one signs as well'),
};
export const webhookEndpoint = z.looseObject(endpointShape);
export const newWebhookEndpoint = z.looseObject({
  ...endpointShape,
  secret: z.string().describe('whsec_ and base64, for the verifiers of Standard Webhooks; shown this once'),
});
export const endpointList = z.looseObject({ data: z.array(webhookEndpoint) });
export const webhookSecret = z.looseObject({
  secret: z.string().describe('Signs the webhook.url of jobs'),
  previousSecretUntil: z.string().nullable().describe('Until then the secret before it signs as well'),
});

export const webhookDelivery = z.looseObject({
  id: z.string().describe('Starts with dlv_'),
  eventId: z.string(),
  eventType: z.enum(eventTypes),
  jobId: z.string().nullable().describe('Null for a test of an endpoint'),
  endpointId: z.string().nullable().describe('Null for the webhook.url of a job'),
  url: z.string(),
  status: z.enum(['pending', 'succeeded', 'exhausted', 'cancelled']),
  nextAttemptAt: z.string().nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  attempts: z.array(
    z.looseObject({
      number: z.int(),
      startedAt: z.string(),
      durationMs: z.int(),
      statusCode: z.int().nullable(),
      error: z.string().nullable(),
      responseExcerpt: z.string().nullable(),
    }),
  ),
});
export const deliveryList = z.looseObject({ data: z.array(webhookDelivery), ...page });

export const healthReport = z.looseObject({
  status: z.enum(['ready', 'not-ready']),
  checks: z.array(z.looseObject({ name: z.string(), ok: z.boolean(), reason: z.string().optional() })),
});
export const alive = z.looseObject({ status: z.literal('ok') });
export const problemType = z.looseObject({ code: z.enum(codes), title: z.string(), status: z.int() });

/** Every named schema of the documents but JobRequest, whose steps come from the catalog. */
export const namedSchemas = {
  Upload: upload,
  Problem: problem,
  FieldError: fieldError,
  Job: job,
  JobStep: jobStep,
  JobOutput: jobOutput,
  JobError: publicError,
  JobList: jobList,
  BatchResult: batchResult,
  Event: farmEvent,
  InputReference: inputReference,
  WebhookRequest: webhookRequest,
  WebhookEndpoint: webhookEndpoint,
  NewWebhookEndpoint: newWebhookEndpoint,
  EndpointList: endpointList,
  WebhookSecret: webhookSecret,
  EndpointChange: endpointChange,
  SecretRotation: secretRotation,
  EndpointTest: endpointTest,
  WebhookDelivery: webhookDelivery,
  DeliveryList: deliveryList,
  HealthReport: healthReport,
  Alive: alive,
  ProblemType: problemType,
} as const satisfies Record<string, z.ZodType>;

export type SchemaName = keyof typeof namedSchemas | 'JobRequest' | 'JobForm' | 'BatchRequest';
