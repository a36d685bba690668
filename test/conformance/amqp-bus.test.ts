import { afterAll, beforeAll } from 'vitest';
import { createLog } from '../../shared/log.ts';
import { openBus } from '../../shared/queue/open-bus.ts';
import { freshVhost } from '../support/servers.ts';
import { describeBus } from './bus-suite.ts';

let vhost: Awaited<ReturnType<typeof freshVhost>>;

beforeAll(async () => {
  vhost = await freshVhost();
});
afterAll(() => vhost.drop());

describeBus('amqp-bus', (topology) =>
  openBus({ urls: [vhost.url], topology, log: createLog('test', 'silent'), name: 'test' }),
);
