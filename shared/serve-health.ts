import { createServer } from 'node:http';
import type { Part } from './part.ts';

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** `GET /healthz` (the process answers) and `GET /readyz` (503 with reasons while a dependency is away) for parts without an API. */
export async function serveHealth(
  part: Pick<Part, 'name' | 'health'>,
  host: string,
  port: number,
): Promise<HealthServer> {
  const server = createServer(async (request, response) => {
    const path = request.url?.split('?')[0];
    if (path !== '/healthz' && path !== '/readyz') return response.writeHead(404).end();
    const checks = path === '/readyz' ? await part.health() : [];
    const ok = checks.every((check) => check.ok);
    response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ status: ok ? 'ok' : 'unavailable', part: part.name, checks }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
