import { availableParallelism } from 'node:os';
import { ConfigError } from '../shared/env.ts';
import { runProgram } from '../shared/lifecycle.ts';
import { createLog } from '../shared/log.ts';
import { createGuardedFetch } from '../shared/outbound/create-guarded-fetch.ts';
import { openBus } from '../shared/queue/open-bus.ts';
import { farmTopology } from '../shared/queue/topology.ts';
import { serveHealth } from '../shared/serve-health.ts';
import { openStore } from '../shared/store/open-store.ts';
import { catalog, kindNames } from './catalog.ts';
import { readWorkerConfig } from './config.ts';
import { configureSharp } from './media/configure-sharp.ts';
import { configureMeasuring } from './media/measuring-ffmpeg.ts';
import { configureMemory } from './media/memory-gate.ts';
import { runnableKinds } from './runnable-kinds.ts';
import { createOpenUrl } from './runner/open-url.ts';
import { startWorker } from './start-worker.ts';

const maxImportBytes = 10 * 1024 ** 3;

await runProgram(process, async () => {
  const mode = readMode(process.argv.slice(2));
  const read = readWorkerConfig(process.env);
  const log = createLog('worker', read.logLevel);
  const kinds = await runnableKinds(read, process.env.PATH ?? '', log);
  const config = { ...read, kinds };
  configureSharp(config.concurrency > 1 ? 1 : availableParallelism());
  configureMemory(config.imageMemoryBytes);
  await configureMeasuring(config.vmafFfmpeg);
  const topology = farmTopology(kindNames, config.retryDelaysMs);
  const store = await openStore({ url: config.storeUrl, environment: process.env, log });
  const bus = await openBus({ urls: config.brokerUrls, topology, log, name: 'worker' });
  const guardedFetch = createGuardedFetch({ allowCidrs: config.outboundAllowCidrs });
  const openUrl = createOpenUrl(guardedFetch, maxImportBytes);
  const worker = await startWorker(config, { bus, store, log, catalog, openUrl }, mode);
  const health = config.healthPort === undefined ? undefined : await serveHealth(worker, '0.0.0.0', config.healthPort);
  return {
    ...(mode === 'drain' ? { finished: worker.drained() } : {}),
    close: async () => {
      await worker.close();
      await Promise.all([health?.close(), guardedFetch.close(), bus.close(), store.close()]);
      log.info('worker.stopped');
    },
  };
});

/** `--drain`: end when nothing is left to do. A misspelt flag must not start a daemon that a cron job waits for in vain. */
function readMode(flags: readonly string[]): 'drain' | 'daemon' {
  const unknown = flags.filter((flag) => flag !== '--drain');
  if (unknown.length > 0) throw new ConfigError([`${unknown.join(' ')}: unknown; expected --drain or nothing`]);
  return flags.includes('--drain') ? 'drain' : 'daemon';
}
