/** Errors → RFC 9457 `application/problem+json`; the only place that knows which code has which status. */
import { STATUS_CODES } from 'node:http';
import { AppError, type ErrorCode, errorCodes, type FieldError } from '../../shared/errors.ts';

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly requestId: string;
  /** May the same request succeed later, unchanged? */
  readonly retryable: boolean;
  readonly errors?: readonly FieldError[];
}

export const problemMediaType = 'application/problem+json';

const statuses: Partial<Record<ErrorCode, number>> = {
  malformed_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  object_not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  conflict: 409,
  idempotency_in_progress: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  invalid_request: 422,
  idempotency_conflict: 422,
  kind_unavailable: 422,
  input_invalid: 422,
  input_unavailable: 422,
  address_refused: 422,
  too_many_requests: 429,
  headers_too_large: 431,
  farm_overloaded: 503,
  ledger_unavailable: 503,
  broker_unavailable: 503,
  message_refused: 503,
  store_unavailable: 503,
};

export function statusOf(code: ErrorCode): number {
  return statuses[code] ?? 500;
}

/** What Fastify and its plugins throw, by their codes; anything unknown is our fault. */
const frameworkCodes: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'This address takes application/json; send it with the header Content-Type: application/json.',
  ],
  FST_ERR_CTP_INVALID_TYPE: ['unsupported_media_type', 'The Content-Type header cannot be read.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['payload_too_large', 'The JSON body is larger than this address takes.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed_request', 'The body is not as long as its Content-Length says.'],
  FST_ERR_BAD_URL: ['malformed_request', 'The address holds a percent-encoding that cannot be decoded.'],
  FST_ERR_MAX_PARAM_LENGTH: ['not_found', 'There is nothing at this address: a part of it is longer than any id.'],
  FST_ERR_ASYNC_CONSTRAINT: ['malformed_request', 'The address cannot be routed.'],
  FST_MP_PREMATURE_CLOSE: ['malformed_request', 'The multipart body ended early.'],
  FST_INVALID_JSON_FIELD_ERROR: ['malformed_request', 'The multipart part is declared as JSON and cannot be parsed.'],
  FST_PROTO_VIOLATION: ['malformed_request', 'A multipart part has a name that is not allowed.'],
  FST_PARTS_LIMIT: ['payload_too_large', 'The multipart body has too many parts.'],
  FST_FILES_LIMIT: ['payload_too_large', 'The multipart body has too many files.'],
  FST_FIELDS_LIMIT: ['payload_too_large', 'The multipart body has too many fields.'],
};

export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  const known = frameworkCodes[code];
  if (known) return new AppError(known[0], known[1], { cause: error });
  if (['ECONNRESET', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code)) {
    return new AppError('malformed_request', 'The connection broke before the whole body had come.', { cause: error });
  }
  if (isParserFault(error)) {
    const detail =
      'The multipart body cannot be parsed: it needs a boundary in the Content-Type and a closing boundary.';
    return new AppError('malformed_request', detail, { cause: error });
  }
  return new AppError('internal_error', 'Something broke on our side; the log has the request id.', {
    cause: error,
    retryable: true,
  });
}

export function toProblem(error: AppError, requestId: string): Problem {
  const status = statusOf(error.code);
  return {
    type: `/problems/${error.code}`,
    title: status >= 500 && error.code === 'internal_error' ? 'Internal Server Error' : errorCodes[error.code],
    status,
    detail: error.publicMessage,
    code: error.code,
    requestId,
    retryable: error.retryable,
    ...(error.errors.length > 0 && { errors: error.errors }),
  };
}

export function problemHeaders(error: AppError): Record<string, string> {
  return {
    'content-type': problemMediaType,
    'cache-control': 'no-store',
    ...(error.retryAfterSeconds !== undefined && { 'retry-after': String(Math.ceil(error.retryAfterSeconds)) }),
    ...(error.code === 'unauthorized' && { 'www-authenticate': 'Bearer realm="mediafarm"' }),
  };
}

/** The answer to what never became a request (a header block too large, a broken request line), as bytes for the socket. */
export function rawProblem(error: AppError, requestId: string): string {
  const problem = toProblem(error, requestId);
  const body = JSON.stringify(problem);
  const headers = { ...problemHeaders(error), 'x-request-id': requestId, connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}content-length: ${length}\r\n\r\n${body}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** @fastify/busboy throws plain errors; these are the beginnings of its messages. */
function isParserFault(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(Multipart:|Unexpected end of multipart|Unexpected end of form|Malformed part|Part terminated|Boundary)/i.test(
      error.message,
    )
  );
}
