import multipart from '@fastify/multipart';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import type { Database } from '../../shared/ledger/database.ts';
import type { Log } from '../../shared/log.ts';
import type { Health } from '../../shared/part.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { Admission } from './admit-jobs.ts';
import { answerClientError, answerErrors, sendProblem } from './answer-errors.ts';
import { authenticateWith } from './authenticate.ts';
import { maxInputsPerJob } from './check-job.ts';
import type { ApiConfig } from './config.ts';
import { describeAsyncApi } from './describe/async-api.ts';
import { describeOpenApi } from './describe/open-api.ts';
import type { JobRules } from './job-plan.ts';
import type { Metrics } from './metrics.ts';
import type { SoonRelay } from './relay-soon.ts';
import { requestIdOf, traceRequests } from './request-context.ts';
import { routeDeliveries } from './routes/deliveries.ts';
import { routeDescriptions } from './routes/descriptions.ts';
import { routeHealth } from './routes/health.ts';
import { routeJobEvents } from './routes/job-events.ts';
import { routeJobs } from './routes/jobs.ts';
import { routeOutputs } from './routes/outputs.ts';
import { routeSubmissions } from './routes/submissions.ts';
import { routeUploads } from './routes/uploads.ts';
import { routeWebhooks } from './routes/webhooks.ts';
import { takeBodiesLate, takeJson } from './take-bodies.ts';
import type { JobWatch } from './watch-jobs.ts';

/** Everything the routes are made of; each names what it uses of it. */
export interface AppParts {
  readonly database: Database;
  readonly bus: Bus;
  readonly store: ObjectStore;
  readonly log: Log;
  readonly rules: JobRules;
  readonly watch: JobWatch;
  readonly relay: SoonRelay;
  readonly admission: Admission;
  readonly metrics: Metrics;
  readonly closing: AbortSignal;
  readonly health: () => Promise<readonly Health[]>;
}

const jsonBytes = 2 * 1024 * 1024;

/** Builds the app; it does not listen, so a test can also ask it without a socket. */
export function buildApp(config: ApiConfig, parts: AppParts): FastifyInstance {
  const app = fastify({
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    bodyLimit: jsonBytes,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  }) as unknown as FastifyInstance;
  traceRequests(app);
  answerErrors(app);
  takeJson(app);
  takeBodiesLate(app);
  logAnswers(app, parts);
  app.register(multipart, {
    // Busboy cuts a file silently at its own limit, so it gets none: meter-body.ts counts and fails.
    limits: {
      fileSize: Number.POSITIVE_INFINITY,
      fieldSize: jsonBytes,
      fields: 20,
      files: maxInputsPerJob + 1,
      parts: maxInputsPerJob + 20,
    },
    throwFileSizeLimit: false,
    // The plugin would parse JSON fields itself and tell of a fault only after the files; receive-job-form.ts does it at once.
    isPartAFile: (_name, mediaType, fileName) =>
      fileName !== undefined || mediaType === 'application/octet-stream' || mediaType === 'application/json',
  });
  app.register(async (scope) => routeEverything(scope, config, parts));
  return app;
}

function routeEverything(app: FastifyInstance, config: ApiConfig, parts: AppParts): void {
  const deps = { ...parts, maxUploadBytes: config.maxUploadBytes, heartbeatMs: config.heartbeatMs };
  const authenticate = authenticateWith(parts);
  routeHealth(app, deps);
  routeDescriptions(app, { openApi: describeOpenApi, asyncApi: describeAsyncApi });
  app.register(async (v1) => {
    v1.addHook('onRequest', async (request) => {
      request.caller = await authenticate(request.headers.authorization);
    });
    routeUploads(v1, deps);
    routeSubmissions(v1, deps);
    routeJobs(v1, deps);
    routeJobEvents(v1, deps);
    routeOutputs(v1, deps);
    routeWebhooks(v1, { database: parts.database, refuseUrl: parts.rules.refuseUrl });
    routeDeliveries(v1, deps);
  });
}

/** One wide line and one measurement per answer. The address is logged without its query: it may name files. */
function logAnswers(app: FastifyInstance, { log, metrics }: Pick<AppParts, 'log' | 'metrics'>): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const seconds = reply.elapsedTime / 1000;
    metrics.observe({ method: request.method, route, status: reply.statusCode, seconds });
    const { id: requestId, method, traceparent, caller } = request;
    const ms = Math.round(reply.elapsedTime);
    log.info(
      { requestId, method, route, status: reply.statusCode, ms, tenant: caller?.tenant, traceparent },
      'request.answered',
    );
  });
}
