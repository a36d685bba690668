import amqp from 'amqplib';
import { expect, test } from 'vitest';
import { openDatabase } from '../../shared/ledger/database.ts';
import { freshDatabase, freshVhost, useServers } from '../support/servers.ts';

test('a fresh database holds the ledger and goes when dropped', async () => {
  const { url, drop } = await freshDatabase();
  const database = openDatabase(url);
  try {
    expect((await database.query('select count(*) from jobs')).rows).toEqual([{ count: 0 }]);
    await drop();
    expect((await database.health()).ok).toBe(false);
  } finally {
    await database.close();
  }
});

test('a fresh vhost takes connections until it is dropped', async () => {
  const { url, drop } = await freshVhost();
  await (await amqp.connect(url)).close();
  await drop();
  await expect(amqp.connect(url)).rejects.toThrow(/ConnectionClose/);
});

test('the S3 server answers', async () => {
  expect((await fetch(useServers().s3.endpoint)).status).toBe(200);
});
