import type { Socket } from 'node:net';
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../shared/errors.ts';
import { newId } from '../../shared/messages/ids.ts';
import { problemHeaders, rawProblem, statusOf, toAppError, toProblem } from './problem.ts';

/** Every error of an app, also the framework's own, leaves it as a problem document. */
export function answerErrors(app: FastifyInstance): void {
  const methods = methodsByRoute(app);
  app.setErrorHandler(async (error, request, reply) => sendProblem(error, request, reply));
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?', 1)[0] as string;
    const allowed = methods.at(path);
    if (allowed.length === 0)
      throw new AppError('not_found', `There is nothing at ${path.slice(0, 200)}; see /openapi.json.`);
    reply.header('allow', allowed.join(', '));
    throw new AppError(
      'method_not_allowed',
      `${path.slice(0, 200)} takes ${allowed.join(', ')}, not ${request.method}.`,
    );
  });
}

export function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = toAppError(thrown);
  logFault(request.log, error, request.id);
  // Fastify closes the connection when a body was not read to its end; take-bodies.ts lets the sender read the answer first.
  reply.removeHeader('connection');
  // As bytes: to text Fastify adds a charset, which this media type does not have.
  return reply
    .code(statusOf(error.code))
    .headers({ 'x-request-id': request.id, ...problemHeaders(error) })
    .send(Buffer.from(JSON.stringify(toProblem(error, request.id))));
}

/** What broke before it was a request: the parser of Node gave up. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  socket.end(rawProblem(clientFault(error.code), newId('req')));
}

function clientFault(code: string | undefined): AppError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new AppError('headers_too_large', 'The request headers are larger than 16 KiB; send less in them.');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new AppError('request_timeout', 'The request headers took too long to arrive.', { retryable: true });
  }
  return new AppError('malformed_request', 'This is not HTTP/1.1 as RFC 9112 has it.');
}

function logFault(log: FastifyBaseLogger, error: AppError, requestId: string): void {
  const status = statusOf(error.code);
  if (status < 500) return;
  const fields = { requestId, code: error.code, status, err: error.cause ?? error };
  if (error.code === 'internal_error') log.error(fields, 'request.broke');
  else log.warn(fields, 'request.refused');
}

/** The routes as they are registered, to tell 405 from 404. */
function methodsByRoute(app: FastifyInstance): { at(path: string): string[] } {
  const routes: { readonly url: string; readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  app.addHook('onRoute', (route) => {
    const pattern = route.url
      .split('/')
      .map((part) => (part === '*' ? '.+' : part.startsWith(':') ? '[^/]+' : part.replaceAll('.', '\\.')))
      .join('/');
    routes.push({ url: route.url, pattern: new RegExp(`^${pattern}$`), methods: [route.method].flat() });
  });
  const methodsOf = (fitting: typeof routes) => [...new Set(fitting.flatMap((route) => route.methods))].sort();
  return {
    at: (path) => {
      const fitting = routes.filter((route) => route.pattern.test(path));
      // /v1/jobs/batch also fits /v1/jobs/:id, but is an address of its own.
      const fixed = fitting.filter((route) => route.url === path);
      return methodsOf(fixed.length > 0 ? fixed : fitting);
    },
  };
}
