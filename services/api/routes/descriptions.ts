import type { FastifyInstance } from 'fastify';
import { AppError, type ErrorCode, errorCodes } from '../../../shared/errors.ts';
import { statusOf } from '../problem.ts';

interface DescriptionRoutes {
  readonly openApi: () => unknown;
  readonly asyncApi: () => unknown;
}

/** What the api says of itself: its documents, and the page behind the `type` of each problem. */
export function routeDescriptions(app: FastifyInstance, deps: DescriptionRoutes): void {
  app.get('/openapi.json', async () => deps.openApi());
  app.get('/asyncapi.json', async () => deps.asyncApi());
  app.get<{ Params: { code: string } }>('/problems/:code', async (request) => {
    const { code } = request.params;
    if (!Object.hasOwn(errorCodes, code)) throw new AppError('not_found', 'There is no such problem type.');
    return { code, title: errorCodes[code as ErrorCode], status: statusOf(code as ErrorCode) };
  });
}
