import { z } from 'zod';
import { ConfigError, type Environment, readEnvironment } from '../../shared/env.ts';
import { defaultLeasePolicy, type LeasePolicy } from '../../shared/ledger/lease-policy.ts';
import { sharedVariables } from '../../shared/variables.ts';

/** Times in milliseconds. */
export interface OrchestratorConfig {
  /** Reports applied at once. */
  readonly concurrency: number;
  /** How often the relay looks without being woken; also how late a scheduled job may start. */
  readonly relayEveryMs: number;
  /** At most this often a step's progress reaches the ledger. */
  readonly progressEveryMs: number;
  readonly leases: LeasePolicy;
  readonly watchEveryMs: number;
  /** How often steps in parts look for workers that came or went. */
  readonly slotsEveryMs: number;
  /** How often the broker's health is looked at for a lost disk. */
  readonly epochEveryMs: number;
  /** How old the queues of a broker that lost its disk must be before it is trusted again (messaging: 10 s on RabbitMQ). */
  readonly epochSettleMs: number;
  /** How long the report of a worker that gave a task up may take to overtake its dead letter. */
  readonly deadLetterGraceMs: number;
  readonly cleanEveryMs: number;
  readonly retention: Retention;
}

export interface Retention {
  /** undefined: finished jobs and their outputs are kept. */
  readonly jobsDays: number | undefined;
  /** undefined: uploads are kept until they are deleted by request. */
  readonly uploadsDays: number | undefined;
  readonly deliveriesDays: number;
  readonly idempotencyHours: number;
}

export interface OrchestratorProcessConfig extends OrchestratorConfig {
  readonly databaseUrl: string;
  readonly brokerUrls: readonly string[];
  /** undefined: nothing is deleted there, so it is not opened. */
  readonly storeUrl: string | undefined;
  readonly logLevel: string;
  readonly healthPort: number | undefined;
}

export const defaultOrchestratorConfig: OrchestratorConfig = {
  concurrency: 16,
  relayEveryMs: 1000,
  progressEveryMs: 1000,
  leases: defaultLeasePolicy,
  watchEveryMs: 5000,
  slotsEveryMs: 1000,
  epochEveryMs: 1000,
  epochSettleMs: 10_000,
  deadLetterGraceMs: 5000,
  cleanEveryMs: 600_000,
  retention: { jobsDays: undefined, uploadsDays: undefined, deliveriesDays: 30, idempotencyHours: 24 },
};

const defaults = defaultOrchestratorConfig;
const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const days = whole(1, 36_500);
const ms = whole(1, 86_400_000);

const variables = {
  FARM_BROKER_URL: sharedVariables.FARM_BROKER_URL.default(['memory:']),
  FARM_RETRY_DELAYS_MS: sharedVariables.FARM_RETRY_DELAYS_MS,
  FARM_ORCHESTRATOR_CONCURRENCY: whole(1, 1000).default(defaults.concurrency),
  FARM_RELAY_EVERY_MS: ms.default(defaults.relayEveryMs),
  FARM_LEASE_DISPATCHED_MS: ms.default(defaults.leases.dispatchedMs),
  FARM_LEASE_RUNNING_MS: ms.default(defaults.leases.runningMs),
  FARM_RETENTION_DAYS: days.optional(),
  FARM_RETENTION_UPLOADS_DAYS: days.optional(),
  FARM_RETENTION_DELIVERIES_DAYS: days.default(defaults.retention.deliveriesDays),
  FARM_RETENTION_IDEMPOTENCY_HOURS: whole(1, 8760).default(defaults.retention.idempotencyHours),
};

const processVariables = {
  FARM_BROKER_URL: sharedVariables.FARM_BROKER_URL,
  FARM_DATABASE_URL: sharedVariables.FARM_DATABASE_URL,
  FARM_STORE_URL: sharedVariables.FARM_STORE_URL.optional(),
  FARM_LOG_LEVEL: sharedVariables.FARM_LOG_LEVEL,
  FARM_ORCHESTRATOR_HEALTH_PORT: whole(1, 65_535).optional(),
};

/** @throws ConfigError listing every faulty variable. */
export function readOrchestratorConfig(environment: Environment): OrchestratorConfig {
  return toConfig(readEnvironment(variables, environment));
}

/** The same with what the orchestrator needs as a program of its own. @throws ConfigError listing every faulty variable. */
export function readOrchestratorProcessConfig(environment: Environment): OrchestratorProcessConfig {
  const read = readEnvironment({ ...variables, ...processVariables }, environment);
  const config = toConfig(read);
  const { jobsDays, uploadsDays } = config.retention;
  const deletes = (jobsDays ?? uploadsDays) !== undefined;
  if (deletes && read.FARM_STORE_URL === undefined) {
    throw new ConfigError([
      'FARM_STORE_URL: missing; what FARM_RETENTION_DAYS and FARM_RETENTION_UPLOADS_DAYS delete is there',
    ]);
  }
  return {
    ...config,
    storeUrl: deletes ? read.FARM_STORE_URL : undefined,
    databaseUrl: read.FARM_DATABASE_URL,
    brokerUrls: read.FARM_BROKER_URL,
    logLevel: read.FARM_LOG_LEVEL,
    healthPort: read.FARM_ORCHESTRATOR_HEALTH_PORT,
  };
}

function toConfig(read: z.infer<z.ZodObject<typeof variables>>): OrchestratorConfig {
  return {
    ...defaults,
    concurrency: read.FARM_ORCHESTRATOR_CONCURRENCY,
    relayEveryMs: read.FARM_RELAY_EVERY_MS,
    leases: {
      ...defaults.leases,
      dispatchedMs: read.FARM_LEASE_DISPATCHED_MS,
      runningMs: read.FARM_LEASE_RUNNING_MS,
      retryDelaysMs: read.FARM_RETRY_DELAYS_MS,
    },
    // The broker in memory has no disk that could lag behind its answers.
    epochSettleMs: read.FARM_BROKER_URL[0] === 'memory:' ? 0 : defaults.epochSettleMs,
    retention: {
      jobsDays: read.FARM_RETENTION_DAYS,
      uploadsDays: read.FARM_RETENTION_UPLOADS_DAYS,
      deliveriesDays: read.FARM_RETENTION_DELIVERIES_DAYS,
      idempotencyHours: read.FARM_RETENTION_IDEMPOTENCY_HOURS,
    },
  };
}
