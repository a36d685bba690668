import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../shared/errors.ts';
import type { Database } from '../../../shared/ledger/database.ts';
import { readJob } from '../../../shared/ledger/read-job.ts';
import { terminalJobStatuses } from '../../../shared/messages/job.ts';
import { streamEvents } from '../event-stream.ts';
import { noJob } from '../job-queries.ts';
import { signalOf } from '../request-signal.ts';
import type { JobWatch } from '../watch-jobs.ts';

interface EventRoutes {
  readonly database: Database;
  readonly watch: JobWatch;
  readonly closing: AbortSignal;
  readonly heartbeatMs: number;
}

/** Little is held for a slow reader: the generator is asked for more only when this much has gone. */
const bufferBytes = 16 * 1024;

export function routeJobEvents(app: FastifyInstance, deps: EventRoutes): void {
  app.get<{ Params: { id: string }; Querystring: { after?: string } }>(
    '/v1/jobs/:id/events',
    async (request, reply) => {
      const { id: jobId } = request.params;
      const { tenant } = request.caller;
      const afterSequence = readResumePoint(request);
      const found = await readJob(deps.database, tenant, jobId);
      if (!found) throw noJob(jobId);
      // 204 tells an EventSource to stop reconnecting (WHATWG HTML §9.2.3): it has seen the last event.
      const over = terminalJobStatuses.includes(found.job.status) && afterSequence >= found.sequence;
      if (over) return reply.code(204).send();
      const signal = signalOf(reply);
      const events = streamEvents(deps, { tenant, jobId, afterSequence, signal });
      return reply
        .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
        .type('text/event-stream; charset=utf-8')
        .send(Readable.from(events, { objectMode: false, highWaterMark: bufferBytes }));
    },
  );
}

/** `Last-Event-ID`, as a browser sends it, or `?after=` for the first connection. */
function readResumePoint(request: FastifyRequest<{ Querystring: { after?: string } }>): number {
  const header = request.headers['last-event-id'];
  const given = typeof header === 'string' && header !== '' ? header : request.query.after;
  if (given === undefined) return 0;
  if (/^\d{1,15}$/.test(given)) return Number(given);
  throw new AppError('invalid_request', 'Last-Event-ID: expected the id of an event of this stream, a whole number.');
}
