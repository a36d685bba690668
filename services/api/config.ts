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

const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);

const shape = {
  FARM_HOST: z.string().default(defaultApiConfig.host),
  FARM_PORT: z.coerce.number().int().min(0).max(65_535).default(defaultApiConfig.port),
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

/** The variables of the api. `apiKey` is the first admin key, apart from the config so that the config can be logged. */
export function readApiConfig(environment: Environment): { config: ApiConfig; apiKey: string | undefined } {
  const values = readEnvironment(shape, environment);
  const config = {
    host: values.FARM_HOST,
    port: values.FARM_PORT,
    maxUploadBytes: values.FARM_MAX_UPLOAD_BYTES,
    tenantBacklog: values.FARM_TENANT_BACKLOG,
    farmBacklog: values.FARM_BACKLOG,
    heartbeatMs: defaultApiConfig.heartbeatMs,
    allowCidrs: values.FARM_OUTBOUND_ALLOW_CIDRS,
  };
  return { config, apiKey: values.FARM_API_KEY };
}
