import { createServer } from 'node:net';
import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { listen } from './listen.ts';

test('a port that is taken is told with the setting to change', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const app = fastify();
  try {
    await expect(listen(app, { host: '127.0.0.1', port })).rejects.toThrow(new RegExp(`port ${port}.*FARM_PORT`));
  } finally {
    await app.close();
    other.close();
  }
});
