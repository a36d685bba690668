/**
 * The one error type the parts exchange, and the closed catalogue of its codes.
 *
 * `publicMessage` is read by the person who sent the file or the request: it says what was expected, what came and what
 * to do. It never holds a path, a secret or a stack. `retryable` says whether the same work may succeed later unchanged.
 */
export const errorCodes = {
  invalid_request: 'The request does not fit its schema.',
  malformed_request: 'The request cannot be parsed.',
  unauthorized: 'The API key is missing or wrong.',
  forbidden: 'The API key may not do this.',
  not_found: 'No such resource.',
  method_not_allowed: 'This address does not answer that method.',
  unsupported_media_type: 'The body has a content type this address does not take.',
  payload_too_large: 'The body is larger than the limit.',
  headers_too_large: 'The request headers are larger than the limit.',
  request_timeout: 'The request took too long to arrive.',
  range_not_satisfiable: 'The requested bytes lie outside the file.',
  conflict: 'The resource is not in a state that allows this.',
  idempotency_conflict: 'The Idempotency-Key was used with another body.',
  idempotency_in_progress: 'The first request with this Idempotency-Key is still running.',
  too_many_requests: 'The tenant has too much work waiting.',
  farm_overloaded: 'The farm has too much work waiting.',
  kind_unavailable: 'This farm cannot run that kind.',
  ledger_unavailable: 'The ledger (PostgreSQL) cannot be reached.',
  broker_unavailable: 'The broker cannot be reached.',
  message_refused: 'The broker refused the message (full or unroutable).',
  store_unavailable: 'The object store cannot be reached.',
  object_not_found: 'The object is not in the store.',
  input_invalid: 'The input file is at fault; sending it again will not help.',
  input_unavailable: 'The input could not be fetched.',
  address_refused: 'The address is not one this farm may call.',
  output_invalid: 'The processor produced something that is not a valid output.',
  split_mismatch: 'The parts of a split step do not fit together; the step runs whole instead.',
  tool_missing: 'A program this kind needs is not installed.',
  scratch_full: 'The worker ran out of scratch space.',
  deadline_exceeded: 'The work took longer than its limit.',
  worker_lost: 'The worker died or went silent too often while doing this.',
  cancelled: 'The work was cancelled.',
  internal_error: 'Something broke on our side.',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** One fault of a request: `pointer` is a JSON Pointer (RFC 6901) into the body. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

interface AppErrorOptions {
  readonly retryable?: boolean;
  readonly cause?: unknown;
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
}

export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly code: ErrorCode;
  readonly publicMessage: string;
  readonly retryable: boolean;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, publicMessage: string, options: AppErrorOptions = {}) {
    super(publicMessage, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.publicMessage = publicMessage;
    this.retryable = options.retryable ?? false;
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** The input is at fault: never retried, the message goes to the person who sent the file. */
export class InputError extends AppError {
  override readonly name = 'InputError';
  constructor(publicMessage: string, cause?: unknown) {
    super('input_invalid', publicMessage, { retryable: false, cause });
  }
}
