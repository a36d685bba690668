import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { changeEndpoint } from '../../../shared/ledger/change-endpoint.ts';
import { createTestDelivery } from '../../../shared/ledger/create-deliveries.ts';
import type { Database, Queryable } from '../../../shared/ledger/database.ts';
import { readDelivery } from '../../../shared/ledger/deliveries.ts';
import { readTenantSecret, rotateTenantSecret, type TenantSecret } from '../../../shared/ledger/tenant-secrets.ts';
import {
  createEndpoint,
  deleteEndpoint,
  listEndpoints,
  readEndpoint,
  rotateEndpointSecret,
} from '../../../shared/ledger/webhook-endpoints.ts';
import { webhookRequest } from '../../../shared/messages/job.ts';
import type { Answer } from '../answer-once.ts';
import { refusal } from '../check-job.ts';
import { checkWebhook } from '../check-webhook.ts';
import { parseAt } from '../describe-issues.ts';
import { postOnce } from '../post-once.ts';
import { sampleEvent } from '../sample-event.ts';
import { endpointChange, endpointTest, secretRotation } from '../webhook-requests.ts';

interface WebhookRoutes {
  readonly database: Database;
  readonly refuseUrl: (url: string) => string | undefined;
}

interface ById {
  Params: { id: string };
}

const noStore = { 'cache-control': 'no-store' };

export function routeWebhooks(app: FastifyInstance, deps: WebhookRoutes): void {
  const { database } = deps;
  const path = '/v1/webhook-endpoints';
  app.post(
    path,
    postOnce(deps, (request, client) => makeEndpoint(deps, request, client)),
  );
  app.get(path, async (request) => ({ data: await listEndpoints(database, request.caller.tenant) }));
  app.get<ById>(`${path}/:id`, async (request) => {
    return (await readEndpoint(database, request.caller.tenant, request.params.id)) ?? none(request);
  });
  app.patch<ById>(`${path}/:id`, async (request) => {
    const change = readBody(endpointChange, request.body);
    refuseFaults(checkWebhook(change, '', deps.refuseUrl));
    const { tenant } = request.caller;
    return await database.transaction(async (client) => {
      return (await changeEndpoint(client, tenant, request.params.id, change)) ?? none(request);
    });
  });
  app.delete<ById>(`${path}/:id`, async (request, reply) => {
    const deleted = await deleteEndpoint(database, request.caller.tenant, request.params.id);
    return deleted ? reply.code(204).send() : none(request);
  });
  app.post<ById>(`${path}/:id/rotate-secret`, postOnce<ById>(deps, rotateSecret));
  app.post<ById>(`${path}/:id/test`, postOnce<ById>(deps, testEndpoint));
  routeSecret(app, deps);
}

/** The account secret can be read at any time: every job may name an address, and all of them are signed with it. */
function routeSecret(app: FastifyInstance, deps: WebhookRoutes): void {
  app.get('/v1/webhook-secret', async (request, reply) => {
    reply.headers(noStore);
    return showSecret(await readTenantSecret(deps.database, request.caller.tenant));
  });
  app.post(
    '/v1/webhook-secret/rotate',
    postOnce(deps, async (request, client) => {
      const { overlapHours } = readOptionalBody(secretRotation, request.body);
      const rotated = await rotateTenantSecret(client, request.caller.tenant, overlapHours);
      return { status: 200, headers: noStore, body: showSecret(rotated) };
    }),
  );
}

async function makeEndpoint(deps: WebhookRoutes, request: FastifyRequest, client: Queryable): Promise<Answer> {
  const value = readBody(webhookRequest, request.body);
  refuseFaults(checkWebhook(value, '', deps.refuseUrl));
  const endpoint = await createEndpoint(client, request.caller.tenant, value);
  return { status: 201, headers: { location: `/v1/webhook-endpoints/${endpoint.id}`, ...noStore }, body: endpoint };
}

async function rotateSecret(request: FastifyRequest<ById>, client: Queryable): Promise<Answer> {
  const { overlapHours } = readOptionalBody(secretRotation, request.body);
  const { tenant } = request.caller;
  const endpoint = await rotateEndpointSecret(client, tenant, request.params.id, overlapHours);
  return { status: 200, headers: noStore, body: endpoint ?? none(request) };
}

async function testEndpoint(request: FastifyRequest<ById>, client: Queryable): Promise<Answer> {
  const { type } = readOptionalBody(endpointTest, request.body);
  const { tenant } = request.caller;
  const endpoint = (await readEndpoint(client, tenant, request.params.id)) ?? none(request);
  if (endpoint.disabledAt !== null) {
    throw new AppError('conflict', `The endpoint ${endpoint.id} is disabled; switch it on first.`);
  }
  const test = { tenant, event: sampleEvent(type, new Date()), traceparent: request.traceparent };
  const id = await createTestDelivery(client, test, endpoint);
  return { status: 202, body: await readDelivery(client, tenant, id) };
}

function showSecret({ secret, previousSecretUntil }: TenantSecret): Omit<TenantSecret, 'previousSecret'> {
  return { secret, previousSecretUntil };
}

function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const { value, faults } = parseAt(schema, body);
  if (faults) throw refusal(faults);
  return value;
}

function readOptionalBody<T>(schema: z.ZodType<T>, body: unknown): T {
  return readBody(schema, body === undefined ? {} : body);
}

function refuseFaults(faults: ReturnType<typeof checkWebhook>): void {
  if (faults.length > 0) throw refusal(faults);
}

function none(request: FastifyRequest<ById>): never {
  throw new AppError('not_found', `There is no webhook endpoint ${request.params.id.slice(0, 80)}.`);
}
