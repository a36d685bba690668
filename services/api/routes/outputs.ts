import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../shared/errors.ts';
import type { Database } from '../../../shared/ledger/database.ts';
import { findOutput } from '../../../shared/ledger/find-output.ts';
import type { StoredOutput } from '../../../shared/messages/stored-output.ts';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import { contentDisposition } from '../content-disposition.ts';
import { matchesEtag } from '../etag.ts';
import { readRange } from '../read-range.ts';
import { signalOf } from '../request-signal.ts';

interface OutputRoutes {
  readonly database: Database;
  readonly store: ObjectStore;
}

interface OutputAddress {
  Params: { id: string; step: string; '*': string };
}

export function routeOutputs(app: FastifyInstance, deps: OutputRoutes): void {
  app.route<OutputAddress>({
    method: ['GET', 'HEAD'],
    exposeHeadRoute: false,
    url: '/v1/jobs/:id/outputs/:step/*',
    handler: (request, reply) => sendOutput(deps, request, reply),
  });
}

async function sendOutput(
  deps: OutputRoutes,
  request: FastifyRequest<OutputAddress>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id, step, '*': name } = request.params;
  const output = await findOutput(deps.database, request.caller.tenant, id, step, name);
  if (!output) throw new AppError('not_found', `Step "${step}" of this job has no output "${name.slice(0, 200)}".`);
  const etag = `"${output.sha256}"`;
  reply.headers(outputHeaders(output, etag));
  if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send();
  const range = mayBeRanged(request, etag) ? readRange(request.headers.range, output.bytes) : undefined;
  if (range === 'unsatisfiable') throw outside(reply, output.bytes);
  const length = range ? range.last - range.first + 1 : output.bytes;
  reply.type(output.mediaType).header('content-length', length);
  if (range) reply.code(206).header('content-range', `bytes ${range.first}-${range.last}/${output.bytes}`);
  if (request.method === 'HEAD') return reply.send();
  const signal = signalOf(reply);
  const found = await deps.store.get(output.key, range ? { range, signal } : { signal });
  return reply.send(found.body);
}

/** The bytes come from strangers' files: never guessed at, never run, never framed with our origin's rights. */
function outputHeaders(output: StoredOutput, etag: string): Record<string, string> {
  return {
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=3600',
    'content-disposition': contentDisposition(output.name, output.mediaType),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  };
}

/** A range of a file that is no longer the one the client knows (`If-Range`) is not wanted. */
function mayBeRanged(request: FastifyRequest, etag: string): boolean {
  const condition = request.headers['if-range'];
  return condition === undefined || condition === etag;
}

function outside(reply: FastifyReply, bytes: number): AppError {
  reply.header('content-range', `bytes */${bytes}`);
  for (const name of ['etag', 'content-disposition', 'accept-ranges']) reply.removeHeader(name);
  return new AppError('range_not_satisfiable', `The file has ${bytes} bytes; ask for a range inside it.`);
}
