import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { ConfigError, type Environment, readEnvironment } from '../../shared/env.ts';
import { sharedVariables } from '../../shared/variables.ts';
import { imageMemoryVariable, vmafFfmpegVariable } from '../../workers/config.ts';
import { type ApiConfig, readApiConfig } from '../api/config.ts';
import { type NotifierConfig, readNotifierConfig } from '../notifier/config.ts';
import { type OrchestratorConfig, readOrchestratorConfig } from '../orchestrator/config.ts';

export interface FarmConfig {
  readonly dataDir: string;
  readonly api: ApiConfig;
  readonly apiKey: string | undefined;
  readonly notifier: NotifierConfig;
  readonly orchestrator: OrchestratorConfig;
  readonly brokerUrls: readonly string[];
  /** undefined: the embedded PostgreSQL under the data directory. */
  readonly databaseUrl: string | undefined;
  readonly storeUrl: string;
  readonly logLevel: string;
  readonly retryDelaysMs: readonly number[];
  readonly outboundAllowCidrs: readonly string[];
  /** Slots per kind; undefined: the cores for pictures and documents, one for what runs ffmpeg. */
  readonly concurrency: number | undefined;
  readonly drainTimeoutMs: number;
  /** What picture steps that run at once may take together; undefined: a share of what there is. */
  readonly imageMemoryBytes: number | undefined;
  /** An ffmpeg with libvmaf that compares pictures, when the one on the path has none. */
  readonly vmafFfmpeg: string | undefined;
  readonly environment: Environment;
}

const loopback = '127.0.0.0/8,::1/128';

const variables = {
  FARM_BROKER_URL: sharedVariables.FARM_BROKER_URL.default(['memory:']),
  FARM_DATABASE_URL: sharedVariables.FARM_DATABASE_URL.optional(),
  FARM_STORE_URL: sharedVariables.FARM_STORE_URL.optional(),
  FARM_LOG_LEVEL: sharedVariables.FARM_LOG_LEVEL,
  FARM_RETRY_DELAYS_MS: sharedVariables.FARM_RETRY_DELAYS_MS,
  FARM_OUTBOUND_ALLOW_CIDRS: sharedVariables.FARM_OUTBOUND_ALLOW_CIDRS,
  FARM_DATA_DIR: z.string().default('.farm'),
  FARM_WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(256).optional(),
  FARM_WORKER_IMAGE_MEMORY_BYTES: imageMemoryVariable,
  FARM_WORKER_VMAF_FFMPEG: vmafFfmpegVariable,
  FARM_WORKER_DRAIN_TIMEOUT_MS: z.coerce.number().int().min(0).default(15_000),
};

/** @throws ConfigError listing the faults of every part at once. */
export function readFarmConfig(given: Environment): FarmConfig {
  // A product under development listens on loopback: `npm start` may call it unless told otherwise.
  const environment = { ...given, FARM_OUTBOUND_ALLOW_CIDRS: given.FARM_OUTBOUND_ALLOW_CIDRS ?? loopback };
  const faults: string[] = [];
  const api = collect(() => readApiConfig(environment), faults);
  const own = collect(() => readEnvironment(variables, environment), faults);
  const notifier = collect(() => readNotifierConfig(environment), faults);
  const orchestrator = collect(() => readOrchestratorConfig(environment), faults);
  if (!api || !own || !notifier || !orchestrator) throw new ConfigError([...new Set(faults)]);
  const dataDir = resolve(own.FARM_DATA_DIR);
  return {
    dataDir,
    api: api.config,
    apiKey: api.apiKey,
    notifier,
    orchestrator,
    brokerUrls: own.FARM_BROKER_URL,
    databaseUrl: own.FARM_DATABASE_URL,
    storeUrl: own.FARM_STORE_URL ?? pathToFileURL(join(dataDir, 'store')).href,
    logLevel: own.FARM_LOG_LEVEL,
    retryDelaysMs: own.FARM_RETRY_DELAYS_MS,
    outboundAllowCidrs: own.FARM_OUTBOUND_ALLOW_CIDRS,
    concurrency: own.FARM_WORKER_CONCURRENCY,
    drainTimeoutMs: own.FARM_WORKER_DRAIN_TIMEOUT_MS,
    imageMemoryBytes: own.FARM_WORKER_IMAGE_MEMORY_BYTES,
    vmafFfmpeg: own.FARM_WORKER_VMAF_FFMPEG,
    environment,
  };
}

function collect<T>(read: () => T, faults: string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
}
