import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { IdPrefix } from '../../shared/messages/ids.ts';
import { jobStatuses, namePattern } from '../../shared/messages/job.ts';

const maxWaitSeconds = 60;
const whole = (text: string, maximum: number) => z.coerce.number(`expected a whole number, ${text}`).int().max(maximum);

/** To clients a cursor is opaque; that it is an id is for us to know. */
const cursor = (prefix: IdPrefix) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9A-Z]{26}$`), 'expected the nextCursor of an earlier page')
    .optional()
    .describe('The nextCursor of the page before');

/** `GET /v1/jobs/{id}`: seconds to wait for the end of the job. */
export const jobQuery = z.strictObject({
  wait: whole(`0 to ${maxWaitSeconds} seconds`, maxWaitSeconds)
    .min(0)
    .default(0)
    .describe('Seconds to wait for the job to end'),
});

/** `GET /v1/jobs`. */
export const listQuery = z.strictObject({
  status: z.enum(jobStatuses).optional().describe('Only jobs in this status'),
  kind: z.string().regex(namePattern, 'expected a name').optional().describe('Only jobs with a step of this kind'),
  limit: whole('1 to 100', 100).min(1).default(20).describe('Jobs per page'),
  after: cursor('job'),
});

export const deliveryQuery = z.strictObject({
  job: z.string().regex(namePattern, 'expected a name').optional().describe('Only deliveries about this job'),
  endpoint: z.string().regex(namePattern, 'expected a name').optional().describe('Only deliveries to this endpoint'),
  limit: whole('1 to 100', 100).min(1).default(20).describe('Deliveries per page'),
  after: cursor('dlv'),
});

export function noJob(id: string): AppError {
  return new AppError('not_found', `There is no job ${id.slice(0, 80)}.`);
}
