import { z } from 'zod';
import { type Environment, readEnvironment } from '../../shared/env.ts';
import { sharedVariables } from '../../shared/variables.ts';
import { isMistyped } from './api-key-format.ts';

export interface ApiConfig {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly maxUploadBytes: number;
  /** Open steps a tenant may have before its new jobs are refused with 429. */
  readonly tenantBacklog: number;
  /** Open steps the farm may have before new jobs are refused with 503. */
  readonly farmBacklog: number;
  /** A comment is sent on a silent event stream this often, so that proxies keep it open. */
  readonly heartbeatMs: number;
  /** Networks that webhooks and url inputs may name beside public ones. */
  readonly allowCidrs: readonly string[];
}

export const defaultApiConfig: ApiConfig = {
  host: '127.0.0.1',
  port: 8080,
  maxUploadBytes: 10 * 1024 ** 3,
  tenantBacklog: 20_000,
  farmBacklog: 100_000,
  heartbeatMs: 15_000,
  allowCidrs: [],
};

const count = (fallback: number) => z.coerce.number('expected a whole number').int().positive().default(fallback);

const shape = {
  FARM_HOST: z.string().default(defaultApiConfig.host),
  FARM_PORT: z.coerce.number('expected a port, 0 to 65535').int().min(0).max(65_535).default(defaultApiConfig.port),
  FARM_MAX_UPLOAD_BYTES: count(defaultApiConfig.maxUploadBytes),
  FARM_TENANT_BACKLOG: count(defaultApiConfig.tenantBacklog),
  FARM_BACKLOG: count(defaultApiConfig.farmBacklog),
  FARM_OUTBOUND_ALLOW_CIDRS: sharedVariables.FARM_OUTBOUND_ALLOW_CIDRS,
  FARM_API_KEY: z
    .string()
    .min(16, 'expected at least 16 characters')
    .regex(/^[\x21-\x7e]+$/, 'expected printable ASCII without spaces')
    .refine((key) => !isMistyped(key), 'its checksum does not fit: a character is wrong or missing')
    .optional(),
};

const processShape = {
  FARM_DATABASE_URL: sharedVariables.FARM_DATABASE_URL,
  FARM_BROKER_URL: sharedVariables.FARM_BROKER_URL,
  FARM_STORE_URL: sharedVariables.FARM_STORE_URL,
  FARM_RETRY_DELAYS_MS: sharedVariables.FARM_RETRY_DELAYS_MS,
  FARM_LOG_LEVEL: sharedVariables.FARM_LOG_LEVEL,
  FARM_DATA_DIR: z.string().default('.farm'),
};

/** What the api needs as a program of its own. */
export interface ApiProcessConfig extends ApiConfig {
  readonly apiKey: string | undefined;
  readonly databaseUrl: string;
  readonly brokerUrls: readonly string[];
  readonly storeUrl: string;
  readonly retryDelaysMs: readonly number[];
  readonly logLevel: string;
  /** Where a first key is kept that the operator did not give. */
  readonly dataDir: string;
}

/** `apiKey` is the first admin key, apart from the config so that the config can be logged. @throws ConfigError */
export function readApiConfig(environment: Environment): { config: ApiConfig; apiKey: string | undefined } {
  const values = readEnvironment(shape, environment);
  return { config: toConfig(values), apiKey: values.FARM_API_KEY };
}

/** @throws ConfigError listing every faulty variable. */
export function readApiProcessConfig(environment: Environment): ApiProcessConfig {
  const values = readEnvironment({ ...shape, ...processShape }, environment);
  return {
    ...toConfig(values),
    apiKey: values.FARM_API_KEY,
    databaseUrl: values.FARM_DATABASE_URL,
    brokerUrls: values.FARM_BROKER_URL,
    storeUrl: values.FARM_STORE_URL,
    retryDelaysMs: values.FARM_RETRY_DELAYS_MS,
    logLevel: values.FARM_LOG_LEVEL,
    dataDir: values.FARM_DATA_DIR,
  };
}

function toConfig(values: z.infer<z.ZodObject<typeof shape>>): ApiConfig {
  return {
    host: values.FARM_HOST,
    port: values.FARM_PORT,
    maxUploadBytes: values.FARM_MAX_UPLOAD_BYTES,
    tenantBacklog: values.FARM_TENANT_BACKLOG,
    farmBacklog: values.FARM_BACKLOG,
    heartbeatMs: defaultApiConfig.heartbeatMs,
    allowCidrs: values.FARM_OUTBOUND_ALLOW_CIDRS,
  };
}
