import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../shared/errors.ts';
import type { Database } from '../../../shared/ledger/database.ts';
import { listDeliveries, readDelivery, retryDelivery } from '../../../shared/ledger/deliveries.ts';
import { refusal } from '../check-job.ts';
import { parseAt } from '../describe-issues.ts';
import { deliveryQuery } from '../job-queries.ts';
import { postOnce } from '../post-once.ts';

interface ById {
  Params: { id: string };
}

export function routeDeliveries(app: FastifyInstance, deps: { readonly database: Database }): void {
  app.get('/v1/webhook-deliveries', async (request) => {
    const { value, faults } = parseAt(deliveryQuery, request.query);
    if (faults) throw refusal(faults);
    const { job, endpoint, limit, after } = value;
    const query = { jobId: job, endpointId: endpoint, limit, after };
    const { deliveries, nextCursor } = await listDeliveries(deps.database, request.caller.tenant, query);
    return { data: deliveries, nextCursor, hasMore: nextCursor !== null };
  });
  app.get<ById>('/v1/webhook-deliveries/:id', async (request) => {
    return (await readDelivery(deps.database, request.caller.tenant, request.params.id)) ?? none(request);
  });
  app.post<ById>(
    '/v1/webhook-deliveries/:id/retry',
    postOnce<ById>(deps, async (request, client) => {
      const delivery = await retryDelivery(client, request.caller.tenant, request.params.id);
      return { status: 202, body: delivery ?? none(request) };
    }),
  );
}

function none(request: FastifyRequest<ById>): never {
  throw new AppError('not_found', `There is no delivery ${request.params.id.slice(0, 80)}.`);
}
