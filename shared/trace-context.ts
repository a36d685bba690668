import { randomBytes } from 'node:crypto';

const pattern = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}$/;

/** W3C Trace Context: keeps the caller's trace id when `incoming` is a valid `traceparent`, starts a trace otherwise; the span id is new. */
export function childTraceparent(incoming?: string): string {
  const traceId = pattern.exec(incoming ?? '')?.[1] ?? randomBytes(16).toString('hex');
  return `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
}

export function traceIdOf(traceparent: string): string | undefined {
  return pattern.exec(traceparent)?.[1];
}
