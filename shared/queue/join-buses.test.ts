import { expect, test } from 'vitest';
import { describeBus } from '../../test/conformance/bus-suite.ts';
import { createLog } from '../log.ts';
import type { Bus } from './bus.ts';
import { joinBuses } from './join-buses.ts';
import { createMemoryBus } from './memory-bus.ts';
import { unavailable } from './refusals.ts';
import { exchanges, farmTopology, type Topology, workQueue } from './topology.ts';

const log = createLog('test', 'silent');
const memory = (topology: Topology) => createMemoryBus({ topology, log });

describeBus('two brokers as one bus', async (topology) => joinBuses([memory(topology), memory(topology)]));

const topology = farmTopology(['resize']);
const queue = workQueue('resize', 'hi');
const task = (messageId: string) => ({ exchange: exchanges.jobs, routingKey: 'job.resize.hi', body: 1, messageId });

function away(bus: Bus): Bus {
  return {
    ...bus,
    health: () => ({ name: 'broker', ok: false, reason: 'it is away' }),
    publish: () => Promise.reject(unavailable('it is away')),
    depth: () => Promise.reject(unavailable('it is away')),
    readEpoch: () => Promise.reject(unavailable('it is away')),
  };
}

test('messages spread over the brokers, the same id always to the same', async () => {
  const brokers = [memory(topology), memory(topology)];
  const bus = joinBuses(brokers);
  for (let index = 0; index < 200; index += 1) await bus.publish(task(`m${index}`));
  const [one = 0, other = 0] = await Promise.all(brokers.map(async (broker) => (await broker.depth(queue)).ready));
  expect(one + other).toBe(200);
  expect(Math.min(one, other)).toBeGreaterThan(60);
  for (let index = 0; index < 200; index += 1) await bus.publish(task(`m${index}`));
  expect(await Promise.all(brokers.map(async (broker) => (await broker.depth(queue)).ready))).toEqual([
    2 * one,
    2 * other,
  ]);
  await bus.close();
});

test('a broker that is away is passed over, and named in the health of a farm that works', async () => {
  const well = memory(topology);
  const bus = joinBuses([away(memory(topology)), well]);
  for (let index = 0; index < 20; index += 1) await bus.publish(task(`m${index}`));
  expect(await well.depth(queue)).toMatchObject({ ready: 20 });
  expect(await bus.depth(queue)).toMatchObject({ ready: 20 });
  expect(bus.health()).toEqual({ name: 'broker', ok: true, reason: 'it is away' });
  await bus.close();
});

test('with all brokers away it says so', async () => {
  const bus = joinBuses([away(memory(topology)), away(memory(topology))]);
  await expect(bus.publish(task('m'))).rejects.toMatchObject({ code: 'broker_unavailable' });
  expect(bus.health().ok).toBe(false);
  await bus.close();
});

test('an answer finds its queue on whichever broker holds it', async () => {
  const bus = joinBuses([memory({ ...topology, queues: [] }), memory(topology)]);
  await bus.publish({ exchange: '', routingKey: queue, body: 'answer' });
  const delivery = await bus
    .openSlot()
    .take([queue], AbortSignal.timeout(5000))
    .catch(() => undefined);
  expect(delivery?.body).toBe('answer');
  await bus.close();
});

test('the epoch counts only when every broker there has the same', async () => {
  const brokers = [memory(topology), memory(topology)];
  const bus = joinBuses(brokers);
  await bus.writeEpoch('one');
  expect(await bus.readEpoch()).toBe('one');
  await brokers[1]?.writeEpoch('wiped and set again');
  expect(await bus.readEpoch()).toBeUndefined();
  expect(await joinBuses([away(memory(topology)), brokers[0] as Bus]).readEpoch()).toBe('one');
  await bus.close();
});
