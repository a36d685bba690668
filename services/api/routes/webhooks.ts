import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../shared/errors.ts';
import type { Database } from '../../../shared/ledger/database.ts';
import { listDeliveries, retryDelivery } from '../../../shared/ledger/deliveries.ts';
import { readTenantSecret } from '../../../shared/ledger/tenant-secrets.ts';
import {
  createEndpoint,
  deleteEndpoint,
  listEndpoints,
  readEndpoint,
} from '../../../shared/ledger/webhook-endpoints.ts';
import { webhookRequest } from '../../../shared/messages/job.ts';
import { type Answer, answerOnce, type Settle } from '../answer-once.ts';
import { refusal } from '../check-job.ts';
import { checkWebhook } from '../check-webhook.ts';
import { parseAt } from '../describe-issues.ts';
import { deliveryQuery } from '../job-queries.ts';
import { hashJson } from '../request-hash.ts';

interface WebhookRoutes {
  readonly database: Database;
  readonly refuseUrl: (url: string) => string | undefined;
}

interface ById {
  Params: { id: string };
}

export function routeWebhooks(app: FastifyInstance, deps: WebhookRoutes): void {
  const { database } = deps;
  app.post('/v1/webhook-endpoints', (request, reply) =>
    answerOnce(deps, request, reply, {
      digest: async () => hashJson(request.body ?? null),
      run: (settle) => makeEndpoint(deps, request, settle),
    }),
  );
  app.get('/v1/webhook-endpoints', async (request) => ({ data: await listEndpoints(database, request.caller.tenant) }));
  app.get<ById>('/v1/webhook-endpoints/:id', async (request) => {
    const endpoint = await readEndpoint(database, request.caller.tenant, request.params.id);
    if (!endpoint) throw none('webhook endpoint', request.params.id);
    return endpoint;
  });
  app.delete<ById>('/v1/webhook-endpoints/:id', async (request, reply) => {
    const deleted = await deleteEndpoint(database, request.caller.tenant, request.params.id);
    if (!deleted) throw none('webhook endpoint', request.params.id);
    return reply.code(204).send();
  });
  app.get('/v1/webhook-secret', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return { secret: await readTenantSecret(database, request.caller.tenant) };
  });
  routeDeliveries(app, deps);
}

function routeDeliveries(app: FastifyInstance, deps: WebhookRoutes): void {
  app.get('/v1/webhook-deliveries', async (request) => {
    const { value, faults } = parseAt(deliveryQuery, request.query);
    if (faults) throw refusal(faults);
    const { job, endpoint, limit, after } = value;
    const query = { jobId: job, endpointId: endpoint, limit, after };
    const { deliveries, nextCursor } = await listDeliveries(deps.database, request.caller.tenant, query);
    return { data: deliveries, nextCursor, hasMore: nextCursor !== null };
  });
  app.post<ById>('/v1/webhook-deliveries/:id/retry', (request, reply) =>
    answerOnce(deps, request, reply, {
      digest: async () => hashJson(request.body ?? null),
      run: async (settle) => {
        const delivery = await retryDelivery(deps.database, request.caller.tenant, request.params.id);
        if (!delivery) throw none('delivery', request.params.id);
        const answer = { status: 202, body: delivery };
        await settle(deps.database, hashJson(request.body ?? null), answer);
        return answer;
      },
    }),
  );
}

async function makeEndpoint(deps: WebhookRoutes, request: FastifyRequest, settle: Settle): Promise<Answer> {
  const { value, faults } = parseAt(webhookRequest, request.body);
  if (faults) throw refusal(faults);
  const refused = checkWebhook(value, '', deps.refuseUrl);
  if (refused.length > 0) throw refusal(refused);
  return await deps.database.transaction(async (client) => {
    const endpoint = await createEndpoint(client, request.caller.tenant, value);
    const location = `/v1/webhook-endpoints/${endpoint.id}`;
    const answer = { status: 201, headers: { location, 'cache-control': 'no-store' }, body: endpoint };
    await settle(client, hashJson(request.body ?? null), answer);
    return answer;
  });
}

function none(what: string, id: string): AppError {
  return new AppError('not_found', `There is no ${what} ${id.slice(0, 80)}.`);
}
