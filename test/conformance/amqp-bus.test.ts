import { afterAll, beforeAll } from 'vitest';
import { createLog } from '../../shared/log.ts';
import { openBus } from '../../shared/queue/open-bus.ts';
import type { Topology } from '../../shared/queue/topology.ts';
import { freshVhost } from '../support/servers.ts';
import { describeBus } from './bus-suite.ts';

let vhosts: readonly Awaited<ReturnType<typeof freshVhost>>[];

beforeAll(async () => {
  vhosts = await Promise.all([freshVhost(), freshVhost(), freshVhost()]);
});
afterAll(() => Promise.all(vhosts.map((vhost) => vhost.drop())));

const openOn = (places: readonly number[]) => (topology: Topology) => {
  const urls = places.flatMap((place) => vhosts[place]?.url ?? []);
  return openBus({ urls, topology, log: createLog('test', 'silent'), name: 'test' });
};

describeBus('amqp-bus', openOn([0]));
describeBus('amqp-bus on two brokers', openOn([1, 2]));
