import { type AddressInfo, createServer } from 'node:net';
import type { buildConnector } from 'undici';
import { expect, it } from 'vitest';
import { connectGuarded } from './connect-guarded.ts';

it('drops a connection whose peer is not allowed after all', async () => {
  const server = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const judged: string[] = [];
  // Says yes to the name's address and no to the peer, as if something between had sent the connection elsewhere.
  const guard = {
    mayReach: (address: string) => {
      judged.push(address);
      return judged.length === 1;
    },
  };
  const connect = connectGuarded(guard, {
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    connectTimeoutMs: 2000,
  });
  const error = await new Promise((resolve) =>
    connect(
      { hostname: 'a.test', protocol: 'http:', port: String(port) },
      (...[failure]: buildConnector.CallbackArgs) => resolve(failure),
    ),
  );
  expect(error).toMatchObject({ failure: 'address_refused' });
  expect(judged).toEqual(['127.0.0.1', '127.0.0.1']);
  await new Promise((resolve) => server.close(resolve));
});
