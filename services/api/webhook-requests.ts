/** The bodies that the routes of webhooks take, beside `webhookRequest`, which jobs have too. */
import { z } from 'zod';
import { eventTypes } from '../../shared/messages/event.ts';
import { webhookRequest } from '../../shared/messages/job.ts';

const maxOverlapHours = 168;
const overlap = `expected whole hours, 0 to ${maxOverlapHours}`;

/** `PATCH /v1/webhook-endpoints/{id}`. */
export const endpointChange = webhookRequest
  .partial()
  .extend({
    disabled: z.boolean().optional().describe('true stops it; false switches it on again, whoever stopped it'),
  })
  .refine((change) => Object.keys(change).length > 0, 'expected url, events or disabled, or several of them');

/** `POST …/rotate-secret` and `POST /v1/webhook-secret/rotate`. */
export const secretRotation = z.strictObject({
  overlapHours: z
    .int(overlap)
    .min(0, overlap)
    .max(maxOverlapHours, overlap)
    .default(24)
    .describe('How long the secret before it signs as well; 0: no longer'),
});

/** `POST /v1/webhook-endpoints/{id}/test`. */
export const endpointTest = z.strictObject({
  type: z.enum(eventTypes).default('job.succeeded').describe('Which event to send a sample of'),
});
