/** When a request body is read, and what becomes of one that nobody wants. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { parseJson } from './parse-json.ts';

/** How long a refused sender may go on talking before the connection is cut; long enough for it to read the answer. */
const lingerMs = 5000;

const jsonTypes = ['application/json', /^application\/[\w.-]+\+json$/i];

/** JSON with the place of a fault; an empty body is none. */
export function takeJson(app: FastifyInstance): void {
  const parse = async (_request: unknown, body: string) => (body === '' ? undefined : parseJson(body));
  app.removeAllContentTypeParsers();
  for (const type of jsonTypes) app.addContentTypeParser(type, { parseAs: 'string' }, parse);
}

/** Bodies that are files: whatever they are called, nothing reads them before the handler does. */
export function takeRaw(app: FastifyInstance): void {
  for (const type of jsonTypes) app.removeContentTypeParser(type);
  app.addContentTypeParser('*', async () => undefined);
}

/**
 * A client that sends `Expect: 100-continue` is told to go on only when the request has passed the checks that need no body
 * (key, back pressure); Node would tell it at once.
 */
export function takeBodiesLate(app: FastifyInstance): void {
  const waiting = new WeakSet<IncomingMessage>();
  app.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.add(request);
    app.server.emit('request', request, response);
  });
  app.addHook('preParsing', async (request, reply, payload) => {
    if (waiting.has(request.raw)) reply.raw.writeContinue();
    return payload;
  });
  app.addHook('onResponse', async (request) => letGo(request.raw));
}

/** Reads on past an early answer, else the sender never gets round to reading it, but not for ever. */
function letGo(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return;
  const timer = setTimeout(() => request.socket.destroy(), lingerMs);
  timer.unref();
  for (const over of ['end', 'close']) request.once(over, () => clearTimeout(timer));
  request.on('error', () => undefined);
  request.unpipe();
  request.resume();
}
