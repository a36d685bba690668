import { z } from 'zod';
import { type Environment, readEnvironment } from '../../shared/env.ts';
import { sharedVariables } from '../../shared/variables.ts';

export interface NotifierConfig {
  /** Webhooks being sent at once by this process. */
  readonly concurrency: number;
  /** Of these, how many to one receiver (one tenant's deliveries to one origin). */
  readonly receiverConcurrency: number;
  /** For a whole attempt, from resolving the name to the end of the answer. */
  readonly timeoutMs: number;
  /** Shortens the delays between attempts, for tests; 1 in production. */
  readonly delayFactor: number;
  /** An endpoint is disabled once every attempt has failed for so long; 0: never. */
  readonly disableAfterHours: number;
  /** How often the ledger is asked for due deliveries. */
  readonly pollEveryMs: number;
  readonly outboundAllowCidrs: readonly string[];
  /** How long attempts under way may go on after a stop signal before they are given back. */
  readonly drainTimeoutMs: number;
}

export interface NotifierProcessConfig extends NotifierConfig {
  readonly databaseUrl: string;
  readonly logLevel: string;
  /** Where `/readyz` answers, for container health checks. */
  readonly healthPort: number | undefined;
}

export const defaultNotifierConfig: NotifierConfig = {
  concurrency: 200,
  receiverConcurrency: 10,
  timeoutMs: 20_000,
  delayFactor: 1,
  // As Svix has it.
  disableAfterHours: 120,
  // An indexed query of well under a millisecond. LISTEN/NOTIFY would spare it, but NOTIFY takes a lock on the whole
  // database at commit, which puts every transaction that ends a job in one line.
  pollEveryMs: 250,
  outboundAllowCidrs: [],
  drainTimeoutMs: 22_000,
};

const count = (max: number, fallback: number) => z.coerce.number().int().min(1).max(max).default(fallback);

const variables = {
  FARM_OUTBOUND_ALLOW_CIDRS: sharedVariables.FARM_OUTBOUND_ALLOW_CIDRS,
  FARM_NOTIFIER_CONCURRENCY: count(10_000, defaultNotifierConfig.concurrency),
  FARM_WEBHOOK_RECEIVER_CONCURRENCY: count(1000, defaultNotifierConfig.receiverConcurrency),
  FARM_WEBHOOK_TIMEOUT_MS: count(120_000, defaultNotifierConfig.timeoutMs),
  FARM_WEBHOOK_DELAY_FACTOR: z.coerce.number().gt(0).max(1).default(defaultNotifierConfig.delayFactor),
  FARM_WEBHOOK_DISABLE_AFTER_HOURS: z.coerce
    .number()
    .int()
    .min(0)
    .max(8760)
    .default(defaultNotifierConfig.disableAfterHours),
  FARM_NOTIFIER_POLL_MS: count(60_000, defaultNotifierConfig.pollEveryMs),
  FARM_NOTIFIER_DRAIN_TIMEOUT_MS: z.coerce.number().int().min(0).default(defaultNotifierConfig.drainTimeoutMs),
};

const processVariables = {
  FARM_DATABASE_URL: sharedVariables.FARM_DATABASE_URL,
  FARM_LOG_LEVEL: sharedVariables.FARM_LOG_LEVEL,
  FARM_NOTIFIER_HEALTH_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
};

/** @throws ConfigError listing every faulty variable. */
export function readNotifierConfig(environment: Environment): NotifierConfig {
  return toConfig(readEnvironment(variables, environment));
}

/** The same with what the notifier needs as a program of its own. @throws ConfigError listing every faulty variable. */
export function readNotifierProcessConfig(environment: Environment): NotifierProcessConfig {
  const read = readEnvironment({ ...variables, ...processVariables }, environment);
  return {
    ...toConfig(read),
    databaseUrl: read.FARM_DATABASE_URL,
    logLevel: read.FARM_LOG_LEVEL,
    healthPort: read.FARM_NOTIFIER_HEALTH_PORT,
  };
}

function toConfig(read: z.infer<z.ZodObject<typeof variables>>): NotifierConfig {
  return {
    concurrency: read.FARM_NOTIFIER_CONCURRENCY,
    receiverConcurrency: read.FARM_WEBHOOK_RECEIVER_CONCURRENCY,
    timeoutMs: read.FARM_WEBHOOK_TIMEOUT_MS,
    delayFactor: read.FARM_WEBHOOK_DELAY_FACTOR,
    disableAfterHours: read.FARM_WEBHOOK_DISABLE_AFTER_HOURS,
    pollEveryMs: read.FARM_NOTIFIER_POLL_MS,
    outboundAllowCidrs: read.FARM_OUTBOUND_ALLOW_CIDRS,
    drainTimeoutMs: read.FARM_NOTIFIER_DRAIN_TIMEOUT_MS,
  };
}
