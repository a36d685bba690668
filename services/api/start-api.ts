import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Database } from '../../shared/ledger/database.ts';
import { forgetOldIdempotencyKeys } from '../../shared/ledger/idempotency.ts';
import type { Log } from '../../shared/log.ts';
import { checkUrlShape } from '../../shared/outbound/check-url-shape.ts';
import type { Health, Part } from '../../shared/part.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { catalog, kindNames } from '../../workers/catalog.ts';
import { admitJobs } from './admit-jobs.ts';
import { type AppParts, buildApp } from './app.ts';
import { checkHealth } from './check-health.ts';
import type { ApiConfig } from './config.ts';
import { consumeSubmissions } from './consume-submissions.ts';
import type { JobRules } from './job-plan.ts';
import type { KindAvailability } from './kind-availability.ts';
import { listen } from './listen.ts';
import { createMetrics } from './metrics.ts';
import { relaySoon } from './relay-soon.ts';
import { watchJobs } from './watch-jobs.ts';

export type { KindAvailability } from './kind-availability.ts';

export interface ApiDeps {
  readonly database: Database;
  readonly bus: Bus;
  readonly store: ObjectStore;
  readonly log: Log;
  readonly kinds: KindAvailability;
  /** The health of parts that run in the same process (embedded), shown on `/readyz` with our own. */
  readonly neighbours?: () => Promise<readonly Health[]>;
}

const forgetEveryMs = 600_000;
/** What is still running after this is cut off: uploads of hours must not keep a replica from stopping. */
const drainMs = 20_000;
const sweepEveryMs = 50;

/** Starts the HTTP server and the consumer of AMQP submissions. Closes neither database, bus nor store: they are the caller's. */
export async function startApi(config: ApiConfig, deps: ApiDeps): Promise<Part & { readonly address: string }> {
  const closing = new AbortController();
  const parts = assemble(config, deps, closing.signal);
  const app = buildApp(config, parts);
  await listen(app, config);
  const submissions = consumeSubmissions(parts);
  const forgetting = setInterval(() => {
    forgetOldIdempotencyKeys(deps.database).catch(() => undefined);
  }, forgetEveryMs);
  let closed: Promise<void> | undefined;
  const close = async () => {
    closing.abort();
    clearInterval(forgetting);
    await Promise.all([submissions.stop(), drain(app)]);
    await parts.watch.close();
    await parts.relay.close();
  };
  return {
    name: 'api',
    address: addressOf(app),
    health: parts.health,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

function assemble(config: ApiConfig, deps: ApiDeps, closing: AbortSignal): AppParts {
  const { database, bus, store, log, neighbours } = deps;
  const rules: JobRules = {
    contracts: Object.fromEntries(Object.entries(catalog).map(([name, kind]) => [name, kind.contract])),
    kinds: deps.kinds,
    refuseUrl: (url) => checkUrlShape(url, config.allowCidrs),
  };
  const own = () =>
    checkHealth([
      { name: 'ledger', ask: () => database.health() },
      { name: 'broker', ask: () => bus.health() },
      { name: 'store', ask: () => store.health() },
    ]);
  return {
    database,
    bus,
    store,
    log,
    rules,
    closing,
    watch: watchJobs(deps),
    relay: relaySoon(deps),
    admission: admitJobs(deps, config),
    metrics: createMetrics({ database, bus, kinds: kindNames }),
    health: async () => [...(await own()), ...((await neighbours?.()) ?? [])],
  };
}

/** Answers what is under way (event streams and long polls end at once: they watch `closing`), then cuts off the rest. */
async function drain(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), drainMs);
  // A connection that was busy when the server stopped listening is kept alive after its answer; it is closed here.
  const sweep = setInterval(() => app.server.closeIdleConnections(), sweepEveryMs);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
    clearInterval(sweep);
  }
}

function addressOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
