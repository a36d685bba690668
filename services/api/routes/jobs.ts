import type { FastifyInstance, FastifyRequest } from 'fastify';
import { announceCancel } from '../../../shared/ledger/announce-cancel.ts';
import { cancelJob } from '../../../shared/ledger/cancel-job.ts';
import type { Database } from '../../../shared/ledger/database.ts';
import { listJobs } from '../../../shared/ledger/list-jobs.ts';
import { retryJob } from '../../../shared/ledger/retry-job.ts';
import type { Log } from '../../../shared/log.ts';
import type { Job } from '../../../shared/messages/job.ts';
import type { Bus } from '../../../shared/queue/bus.ts';
import { type Answer, answerOnce, type Settle } from '../answer-once.ts';
import { refusal } from '../check-job.ts';
import { parseAt } from '../describe-issues.ts';
import { etagOf, matchesEtag } from '../etag.ts';
import { jobQuery, listQuery, noJob } from '../job-queries.ts';
import { awaitJob } from '../read-job.ts';
import type { SoonRelay } from '../relay-soon.ts';
import { hashJson } from '../request-hash.ts';
import { signalOf } from '../request-signal.ts';
import type { JobWatch } from '../watch-jobs.ts';

interface JobRoutes {
  readonly database: Database;
  readonly bus: Bus;
  readonly log: Log;
  readonly watch: JobWatch;
  readonly relay: SoonRelay;
  readonly closing: AbortSignal;
}

interface ById {
  Params: { id: string };
}

/** Reading jobs and changing their course; making them is in submissions.ts. */
export function routeJobs(app: FastifyInstance, deps: JobRoutes): void {
  app.get<ById>('/v1/jobs/:id', async (request, reply) => {
    const { wait } = readQuery(jobQuery, request);
    const signal = AbortSignal.any([signalOf(reply), deps.closing]);
    const found = await awaitJob(deps, request.caller.tenant, request.params.id, wait * 1000, signal);
    if (!found) throw noJob(request.params.id);
    const body = JSON.stringify(found.job);
    const etag = etagOf(body);
    reply.headers({ etag, 'cache-control': 'private, no-cache' });
    if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.type('application/json; charset=utf-8').send(body);
  });
  app.get('/v1/jobs', async (request, reply) => {
    const query = readQuery(listQuery, request);
    const { jobs, nextCursor } = await listJobs(deps.database, request.caller.tenant, query);
    if (nextCursor !== null) reply.header('link', `<${nextPage(request, nextCursor)}>; rel="next"`);
    return { data: jobs, nextCursor, hasMore: nextCursor !== null };
  });
  app.post<ById>('/v1/jobs/:id/cancel', (request, reply) =>
    answerOnce(
      deps,
      request,
      reply,
      onJob(deps, request, (settle) => cancel(deps, request, settle)),
    ),
  );
  app.post<ById>('/v1/jobs/:id/retry', (request, reply) =>
    answerOnce(
      deps,
      request,
      reply,
      onJob(deps, request, (settle) => retry(deps, request, settle)),
    ),
  );
}

function onJob(_deps: JobRoutes, request: FastifyRequest<ById>, run: (settle: Settle) => Promise<Answer>) {
  return { digest: async () => hashOf(request), run };
}

async function cancel(deps: JobRoutes, request: FastifyRequest<ById>, settle: Settle): Promise<Answer> {
  const { id } = request.params;
  const job = await cancelJob(deps.database, request.caller.tenant, id);
  if (!job) throw noJob(id);
  const answer = accepted(job);
  await settle(deps.database, hashOf(request), answer);
  // The ledger already refuses what a worker would still report, so a lost broadcast costs only its time.
  announceCancel(deps, id).catch((error: unknown) => deps.log.warn({ job: id, err: error }, 'cancel.not-announced'));
  deps.watch.wake(id);
  deps.relay.relay([id]);
  return answer;
}

async function retry(deps: JobRoutes, request: FastifyRequest<ById>, settle: Settle): Promise<Answer> {
  const { id } = request.params;
  const job = await retryJob(deps.database, request.caller.tenant, id);
  if (!job) throw noJob(id);
  const answer = accepted(job);
  await settle(deps.database, hashOf(request), answer);
  deps.watch.wake(id);
  deps.relay.relay([id]);
  return answer;
}

export function accepted(job: Job): Answer {
  return { status: 202, headers: { location: `/v1/jobs/${job.id}` }, body: job };
}

function hashOf(request: FastifyRequest): string {
  return hashJson(request.body ?? null);
}

function readQuery<T>(schema: Parameters<typeof parseAt<T>>[0], request: FastifyRequest): T {
  const { value, faults } = parseAt(schema, request.query);
  if (faults) throw refusal(faults);
  return value as T;
}

function nextPage(request: FastifyRequest, cursor: string): string {
  const [path, query = ''] = request.url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('after', cursor);
  return `${path}?${parameters}`;
}
