import { availableParallelism, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { type Environment, readEnvironment } from '../shared/env.ts';
import { commaList, sharedVariables } from '../shared/variables.ts';
import { kindNames } from './catalog.ts';

export interface WorkerConfig {
  readonly kinds: readonly string[];
  /** Tasks at once. */
  readonly concurrency: number;
  readonly scratchRoot: string;
  readonly retryDelaysMs: readonly number[];
  readonly outboundAllowCidrs: readonly string[];
  /** How long running work may go on after a stop signal before it is released. */
  readonly drainTimeoutMs: number;
}

export interface WorkerProcessConfig extends WorkerConfig {
  readonly brokerUrls: readonly string[];
  readonly storeUrl: string;
  readonly logLevel: string;
  /** What picture steps that run at once may take together; undefined: a share of what there is. */
  readonly imageMemoryBytes: number | undefined;
  /** An ffmpeg with libvmaf that compares pictures, when the one on the path has none. */
  readonly vmafFfmpeg: string | undefined;
  /** Where `/readyz` answers, for container health checks. */
  readonly healthPort: number | undefined;
}

export const imageMemoryVariable = z.coerce.number().int().min(64_000_000).optional();
export const vmafFfmpegVariable = z
  .string()
  .refine(isAbsolute, 'expected the whole path of an ffmpeg, such as /opt/ffmpeg/bin/ffmpeg')
  .optional();

const variables = {
  ...sharedVariables,
  FARM_BROKER_URL: sharedVariables.FARM_BROKER_URL.refine(
    (urls) => !urls.includes('memory:'),
    'memory: works inside one process only (npm start); give an amqp:// address',
  ),
  FARM_DATABASE_URL: sharedVariables.FARM_DATABASE_URL.optional(),
  FARM_WORKER_KINDS: commaList
    .refine((kinds) => kinds.every((kind) => kindNames.includes(kind)), `expected kinds of: ${kindNames.join(', ')}`)
    .default([...kindNames]),
  FARM_WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(availableParallelism()),
  FARM_SCRATCH_DIR: z.string().default(join(tmpdir(), 'mediafarm-scratch')),
  FARM_WORKER_DRAIN_TIMEOUT_MS: z.coerce.number().int().min(0).default(30_000),
  FARM_WORKER_IMAGE_MEMORY_BYTES: imageMemoryVariable,
  FARM_WORKER_VMAF_FFMPEG: vmafFfmpegVariable,
  FARM_WORKER_HEALTH_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
};

/** @throws ConfigError listing every faulty variable. */
export function readWorkerConfig(environment: Environment): WorkerProcessConfig {
  const read = readEnvironment(variables, environment);
  return {
    brokerUrls: read.FARM_BROKER_URL,
    storeUrl: read.FARM_STORE_URL,
    logLevel: read.FARM_LOG_LEVEL,
    kinds: read.FARM_WORKER_KINDS,
    concurrency: read.FARM_WORKER_CONCURRENCY,
    scratchRoot: read.FARM_SCRATCH_DIR,
    retryDelaysMs: read.FARM_RETRY_DELAYS_MS,
    outboundAllowCidrs: read.FARM_OUTBOUND_ALLOW_CIDRS,
    drainTimeoutMs: read.FARM_WORKER_DRAIN_TIMEOUT_MS,
    imageMemoryBytes: read.FARM_WORKER_IMAGE_MEMORY_BYTES,
    vmafFfmpeg: read.FARM_WORKER_VMAF_FFMPEG,
    healthPort: read.FARM_WORKER_HEALTH_PORT,
  };
}
