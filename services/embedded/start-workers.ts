import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../shared/log.ts';
import { createGuardedFetch } from '../../shared/outbound/create-guarded-fetch.ts';
import type { Part } from '../../shared/part.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { catalog } from '../../workers/catalog.ts';
import { configureSharp } from '../../workers/media/configure-sharp.ts';
import { configureMeasuring } from '../../workers/media/measuring-ffmpeg.ts';
import { configureMemory } from '../../workers/media/memory-gate.ts';
import { createOpenUrl } from '../../workers/runner/open-url.ts';
import { startWorker } from '../../workers/start-worker.ts';
import type { FarmConfig } from './config.ts';

interface WorkersDeps {
  readonly bus: Bus;
  readonly store: ObjectStore;
  readonly log: Log;
  readonly kinds: readonly string[];
}

/** One pool of slots per kind, so that a long transcode keeps no thumbnail waiting. */
export async function startWorkers(config: FarmConfig, { kinds, ...deps }: WorkersDeps): Promise<Part> {
  configureSharp(1);
  configureMemory(config.imageMemoryBytes);
  await configureMeasuring(config.vmafFfmpeg);
  const guardedFetch = createGuardedFetch({ allowCidrs: config.outboundAllowCidrs });
  const openUrl = createOpenUrl(guardedFetch, config.api.maxUploadBytes);
  const pools = await Promise.all(
    kinds.map((kind) =>
      startWorker(
        {
          kinds: [kind],
          concurrency: config.concurrency ?? slotsFor(kind),
          scratchRoot: join(config.dataDir, 'scratch'),
          retryDelaysMs: config.retryDelaysMs,
          outboundAllowCidrs: config.outboundAllowCidrs,
          drainTimeoutMs: config.drainTimeoutMs,
        },
        { ...deps, catalog, openUrl },
      ),
    ),
  );
  return {
    name: 'workers',
    health: async () => (await Promise.all(pools.map((pool) => pool.health()))).flat().filter((check) => !check.ok),
    close: async () => {
      await Promise.all(pools.map((pool) => pool.close()));
      await guardedFetch.close();
    },
  };
}

/** ffmpeg uses the cores by itself; two at once only take them from each other. */
function slotsFor(kind: string): number {
  return catalog[kind]?.contract.tools.includes('ffmpeg') ? 1 : availableParallelism();
}
