import { createServer } from 'node:net';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { createLog } from '../../shared/log.ts';
import { openStore } from '../../shared/store/open-store.ts';
import { createS3Client } from '../../shared/store/s3-client.ts';
import { freePorts } from '../support/free-ports.ts';
import { freshBucket } from '../support/servers.ts';
import { collect, describeStore } from './store-suite.ts';

const log = createLog('test', 'silent');

describeStore('s3-store on Ceph', async () => {
  const { url, environment } = await freshBucket();
  const store = await openStore({ url, environment, log });
  return {
    store,
    async close() {
      await store.close();
      const client = createS3Client(environment);
      const left = await client.send(new ListMultipartUploadsCommand({ Bucket: new URL(url).hostname }));
      client.destroy();
      expect(left.Uploads ?? [], 'uploads left half-done').toEqual([]);
    },
  };
});

test('a presigned URL gives the object to anybody', async () => {
  const store = await openStore({ ...(await freshBucket()), log });
  await store.put('a b/ü.txt', Buffer.from('shared'), { mediaType: 'text/plain' });
  const answer = await fetch((await store.presignGet('a b/ü.txt', 60)) ?? '');
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    200,
    'text/plain',
    'shared',
  ]);
  await store.close();
});

test('two parts that open the same new bucket at once both get it', async () => {
  const options = { ...(await freshBucket()), log };
  const stores = await Promise.all([openStore(options), openStore(options), openStore(options)]);
  for (const store of stores) {
    expect(await store.health()).toMatchObject({ ok: true });
    await store.close();
  }
});

test('a server that is away is told within seconds, and the store opens all the same', async () => {
  const [port] = await freePorts(1);
  const { url, environment } = await freshBucket();
  const away = { ...environment, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` };
  const began = Date.now();
  const store = await openStore({ url, environment: away, log });
  const unavailable = { code: 'store_unavailable', retryable: true };
  await expect(store.get('x')).rejects.toMatchObject(unavailable);
  await expect(store.head('x')).rejects.toMatchObject(unavailable);
  await expect(store.put('x', Buffer.from('x'), { mediaType: 'text/plain' })).rejects.toMatchObject(unavailable);
  await expect(store.delete(['x'])).rejects.toMatchObject(unavailable);
  await expect(collect(store.list('x'))).rejects.toMatchObject(unavailable);
  expect(await store.health()).toMatchObject({ ok: false, reason: expect.stringContaining('ECONNREFUSED') });
  expect(Date.now() - began).toBeLessThan(10_000);
  await store.close();
});

test('a server that hangs up in the middle of an object breaks the stream with store_unavailable', async () => {
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: "x"\r\n\r\nonly this');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const { url, environment } = await freshBucket();
  const store = await openStore({
    url,
    environment: { ...environment, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` },
    log,
  });
  const { body } = await store.get('x');
  await expect(body.toArray()).rejects.toMatchObject({ code: 'store_unavailable', retryable: true });
  await store.close();
  server.close();
});

test('a wrong secret is store_unavailable, with a reason for the operator', async () => {
  const { url, environment } = await freshBucket();
  const store = await openStore({ url, environment: { ...environment, AWS_SECRET_ACCESS_KEY: 'wrong' }, log });
  await expect(store.get('x')).rejects.toMatchObject({
    code: 'store_unavailable',
    cause: { message: expect.stringContaining('403') },
  });
  expect(await store.health()).toMatchObject({ ok: false, reason: expect.stringContaining('403') });
  await store.close();
});
