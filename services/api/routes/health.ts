import type { FastifyInstance } from 'fastify';
import type { Health } from '../../../shared/part.ts';
import type { Metrics } from '../metrics.ts';

interface HealthRoutes {
  readonly metrics: Metrics;
  readonly closing: AbortSignal;
  readonly health: () => Promise<readonly Health[]>;
}

export function routeHealth(app: FastifyInstance, deps: HealthRoutes): void {
  app.get('/healthz', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'ok' };
  });
  app.get('/readyz', async (_request, reply) => {
    const checks: Health[] = [...(await deps.health())];
    if (deps.closing.aborted) checks.push({ name: 'api', ok: false, reason: 'shutting down' });
    const ready = checks.every((check) => check.ok);
    reply.code(ready ? 200 : 503).header('cache-control', 'no-store');
    return { status: ready ? 'ready' : 'not-ready', checks };
  });
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await deps.metrics.render();
    return reply.type(contentType).send(text);
  });
}
