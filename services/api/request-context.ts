import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../shared/errors.ts';
import { newId } from '../../shared/messages/ids.ts';
import { childTraceparent } from '../../shared/trace-context.ts';
import type { Caller } from './authenticate.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on everything under /v1. */
    caller: Caller;
    /** Our span in the caller's trace (W3C Trace Context). */
    traceparent: string;
  }
}

const usableId = /^[\w.:-]{1,128}$/;

/** The caller's X-Request-Id where it is fit for a log line, else a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && usableId.test(header) ? header : newId('req');
}

export function traceRequests(app: FastifyInstance): void {
  // biome-ignore lint/suspicious/noExplicitAny: set for every request before a handler can read it
  app.decorateRequest('caller', null as any);
  app.decorateRequest('traceparent', '');
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    const given = request.headers.traceparent;
    // PostgreSQL has no text with a NUL in it, so nothing has such a name.
    if (/%00/.test(request.url)) throw new AppError('malformed_request', 'The address holds a NUL character (%00).');
    request.traceparent = childTraceparent(typeof given === 'string' ? given : undefined);
  });
}

export function submitterOf(request: FastifyRequest): { tenant: string; traceparent: string; requestId: string } {
  return { tenant: request.caller.tenant, traceparent: request.traceparent, requestId: request.id };
}
