import type { OutboundFailure } from '../../shared/outbound/outbound-error.ts';

/** A delivery this notifier has claimed: nobody else sends it until the lease ends. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly tenant: string;
  readonly eventId: string;
  readonly eventType: string;
  /** Null for a test of an endpoint. */
  readonly jobId: string | null;
  readonly endpointId: string | null;
  /** Of the endpoint as it is now. */
  readonly url: string;
  /** The exact bytes to sign and send. */
  readonly payload: string;
  readonly traceparent: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** How long it had been due when it was claimed. */
  readonly overdueMs: number;
  readonly lane: string;
  /** The endpoint's, newest first; null for a job's own webhook, which the tenant's secret signs. */
  readonly secrets: readonly string[] | null;
  /** It became due in the moment in which its endpoint was disabled: not to be sent. */
  readonly endpointDisabled: boolean;
}

/** Why an attempt did not count as success; `redirect` because redirects are never followed. */
export type AttemptError = OutboundFailure | 'redirect' | 'bad_status';

/** What came of sending once. */
export interface Attempt {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly statusCode: number | null;
  readonly error: AttemptError | null;
  /** The first 16 KiB of the answer; null when there was none. */
  readonly responseExcerpt: string | null;
  /** What the receiver asked for with `Retry-After`. */
  readonly retryAfterMs: number | null;
}
