/**
 * Makes the passwords of a farm under docker compose, once, and puts each where only its readers mount it: a folder (volume)
 * for each reader, so workers, which handle strangers' files, never see the ledger's password. A given FARM_API_KEY is taken
 * instead of a made one. Runs as root in a container without network or capabilities.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeApiKey } from '../../services/api/api-key-format.ts';

const root = '/credentials';

keep('services', 'api-key', makeApiKey(), process.env.FARM_API_KEY);
const ledger = keep('postgres', 'password', randomPassword());
const broker = keep('rabbitmq', 'password', randomPassword());
const store = keep('s3', 'secret-key', randomPassword());

const brokerUrl = `amqp://farm:${broker}@rabbitmq:5672`;
for (const reader of ['services', 'workers']) {
  put(reader, 'broker-url', brokerUrl);
  put(reader, 's3-secret-key', store);
}
put('services', 'database-url', `postgres://farm:${ledger}@postgres:5432/farm`);
// RabbitMQ reads its first user from a file of its own format only.
put('rabbitmq', 'rabbitmq.conf', `default_user = farm\ndefault_pass = ${broker}\n`);
process.stdout.write('credentials.ready\n');

/** The given value, else what an earlier start made, else `fresh`; written down. */
function keep(reader: string, name: string, fresh: string, given?: string): string {
  const file = join(root, reader, name);
  const value = given || (existsSync(file) ? readFileSync(file, 'utf8') : fresh);
  put(reader, name, value);
  return value;
}

/** Readable by whoever mounts the folder: servers run under user ids of their own. Never half written. */
function put(reader: string, name: string, value: string): void {
  const file = join(root, reader, name);
  mkdirSync(join(root, reader), { recursive: true });
  writeFileSync(`${file}.new`, value, { mode: 0o444 });
  renameSync(`${file}.new`, file);
}

function randomPassword(): string {
  return randomBytes(24).toString('hex');
}
