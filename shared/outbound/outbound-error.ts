import { AppError, type ErrorCode } from '../errors.ts';

/** Why a call to somebody else's server gave nothing; kept with a delivery's attempt and shown to its owner. */
export type OutboundFailure =
  | 'address_refused'
  | 'dns'
  | 'connect_timeout'
  | 'refused'
  | 'unreachable'
  | 'tls'
  | 'reset'
  | 'timeout'
  | 'too_large'
  | 'too_many_redirects'
  | 'bad_response';

const codes: Partial<Record<OutboundFailure, ErrorCode>> = {
  address_refused: 'address_refused',
  too_large: 'payload_too_large',
};
/** The rest may pass: a name that does not resolve today can tomorrow (hookdeck/outpost#314). */
const final: readonly OutboundFailure[] = ['address_refused', 'too_large', 'too_many_redirects'];

export class OutboundError extends AppError {
  override readonly name = 'OutboundError';
  readonly failure: OutboundFailure;
  constructor(failure: OutboundFailure, publicMessage: string, cause?: unknown) {
    super(codes[failure] ?? 'input_unavailable', publicMessage, { retryable: !final.includes(failure), cause });
    this.failure = failure;
  }
}

const messages = {
  dns: 'The host name of the address could not be resolved.',
  connect_timeout: 'The server did not accept a connection in time.',
  refused: 'The server refused the connection.',
  unreachable: 'The server cannot be reached from here.',
  tls: 'No secure connection could be made; check the certificate of the server.',
  reset: 'The server closed the connection before its answer was complete.',
  timeout: 'The server did not answer completely in time.',
  bad_response: 'The server answered with something that is not HTTP.',
} as const;

const byCode: readonly (readonly [RegExp, keyof typeof messages])[] = [
  [/^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL)$/, 'dns'],
  [/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, 'connect_timeout'],
  [/^ECONNREFUSED$/, 'refused'],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EINVAL)$/, 'unreachable'],
  [/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO)/, 'tls'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_CLOSED|UND_ERR_DESTROYED|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/, 'reset'],
  [/^(UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT)$/, 'timeout'],
  [/^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RESPONSE)/, 'bad_response'],
];

/** What undici, the resolver, the socket or TLS threw, as one of ours. Unknown ones count as `reset`: they are worth another try. */
export function asOutboundError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = errorCode(error);
  const failure = byCode.find(([pattern]) => pattern.test(code))?.[1] ?? 'reset';
  return new OutboundError(failure, messages[failure], error);
}

/** With several addresses tried, the codes hide in an AggregateError. */
function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
