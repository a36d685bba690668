import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../services/embedded/start-postgres.ts';
import { createLog } from '../../shared/log.ts';
import { startCeph } from './ceph.ts';
import { startRabbitmq } from './rabbitmq.ts';
import type { Servers } from './servers.ts';

interface Running {
  readonly servers: Servers;
  close(): Promise<void>;
}

/** Starts PostgreSQL, RabbitMQ and an S3 server side by side (about 5 s); when one fails, none stays. */
export async function runServers(): Promise<Running> {
  const [postgres, rabbitmq, s3] = await allOrNone([startDatabase(), startRabbitmq(), startCeph()]);
  return {
    servers: {
      postgresUrl: postgres.url,
      amqpUrl: rabbitmq.url,
      managementUrl: rabbitmq.managementUrl,
      s3: { endpoint: s3.endpoint, accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
    },
    async close() {
      await Promise.all([postgres, rabbitmq, s3].map((server) => server.close()));
    },
  };
}

async function startDatabase(): Promise<{ url: string; close(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'farm-postgres-'));
  const remove = () => rm(dataDir, { recursive: true, force: true });
  try {
    const postgres = await startPostgres({ dataDir, log: createLog('test-servers', 'error') });
    return { url: postgres.url, close: () => postgres.close().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Closable {
  close(): Promise<void>;
}

async function allOrNone<const Servers extends readonly Promise<Closable>[]>(
  starting: Servers,
): Promise<{ -readonly [Index in keyof Servers]: Awaited<Servers[Index]> }> {
  const outcomes = await Promise.allSettled(starting);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (failures.length > 0) {
    await Promise.all(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.close() : undefined)));
    throw new Error(failures.map(String).join('\n'));
  }
  return (await Promise.all(starting)) as { -readonly [Index in keyof Servers]: Awaited<Servers[Index]> };
}
