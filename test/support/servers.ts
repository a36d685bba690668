/** What tests ask for: the running servers, and a private database, vhost or bucket on them. */
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import type { Environment } from '../../shared/env.ts';
import { openDatabase } from '../../shared/ledger/database.ts';
import { migrate } from '../../shared/ledger/migrate.ts';
import type { S3Address } from './ceph.ts';
import { freshVhost as createVhost, dropVhost } from './rabbitmq.ts';

/** The addresses `start-servers.ts` provides; also the content of the JSON file `FARM_TEST_SERVERS` names. */
export interface Servers {
  readonly postgresUrl: string;
  readonly amqpUrl: string;
  /** RabbitMQ's management API, with user and password. */
  readonly managementUrl: string;
  readonly s3: S3Address;
}

declare module 'vitest' {
  interface ProvidedContext {
    servers: Servers;
  }
}

export function useServers(): Servers {
  return inject('servers');
}

/** An empty database with all migrations run. `drop` it when done; it disconnects whoever is still in it. */
export async function freshDatabase(
  servers: Servers = useServers(),
): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `test_${randomName()}`;
  const { postgresUrl } = servers;
  await onDatabase(postgresUrl, `create database ${name}`);
  const url = Object.assign(new URL(postgresUrl), { pathname: `/${name}` }).href;
  const database = openDatabase(url, { maxConnections: 1 });
  await migrate(database).finally(() => database.close());
  return { url, drop: () => onDatabase(postgresUrl, `drop database if exists ${name} with (force)`) };
}

/** An empty vhost of RabbitMQ; `url` is for `openBus` or amqplib. */
export async function freshVhost(
  servers: Servers = useServers(),
): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const { amqpUrl, managementUrl } = servers;
  const node = { url: amqpUrl, managementUrl };
  const url = await createVhost(node);
  return { url, drop: () => dropVhost(node, url) };
}

/** A bucket name nobody else uses, as options for `openStore` (which creates it). */
export async function freshBucket(
  servers: Servers = useServers(),
): Promise<{ readonly url: string; readonly environment: Environment }> {
  const { s3 } = servers;
  return {
    url: `s3://test-${randomName()}`,
    environment: {
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ACCESS_KEY_ID: s3.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
      AWS_REGION: 'us-east-1',
    },
  };
}

function randomName(): string {
  return randomBytes(6).toString('hex');
}

async function onDatabase(url: string, statement: string): Promise<void> {
  const database = openDatabase(url, { maxConnections: 1 });
  try {
    await database.query(statement);
  } finally {
    await database.close();
  }
}
