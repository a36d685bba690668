import { AppError } from '../errors.ts';

/** The message names no key, path or host: those are the operator's, in `cause`. */
export function storeUnavailable(cause: unknown): AppError {
  return new AppError('store_unavailable', 'The object store cannot be reached at the moment; try again shortly.', {
    retryable: true,
    retryAfterSeconds: 5,
    cause,
  });
}

export function objectNotFound(cause?: unknown): AppError {
  return new AppError('object_not_found', 'The object is not in the store; it was deleted or never stored.', { cause });
}

export function rangeBeyondEnd(cause?: unknown): AppError {
  return new AppError('invalid_request', 'The range starts beyond the end of the object.', { cause });
}

/**
 * Only a missing object and an impossible range are the caller's; whatever else S3 or the network says (refused, silent,
 * 5xx, slow down, a missing bucket, 403 for a wrong key) is the operator's to mend, and work may wait for that.
 */
export function asS3Error(error: unknown): AppError {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (name === 'InvalidRange' || status === 416) return rangeBeyondEnd(error);
  if (status === 404 && name !== 'NoSuchBucket') return objectNotFound(error);
  if (status !== 403) return storeUnavailable(error);
  const reason =
    'The S3 server refuses the access key (403): check AWS_ACCESS_KEY_ID and what it may do in this bucket.';
  return storeUnavailable(new Error(reason, { cause: error }));
}
