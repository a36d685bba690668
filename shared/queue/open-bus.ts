import { ConfigError } from '../env.ts';
import type { Log } from '../log.ts';
import { brokerAddress } from './amqp/broker-address.ts';
import { createAmqpBus } from './amqp-bus.ts';
import type { Bus } from './bus.ts';
import { joinBuses } from './join-buses.ts';
import { createMemoryBus } from './memory-bus.ts';
import type { Topology } from './topology.ts';

export interface BusOptions {
  /** `memory:` alone, or one or more `amqp://` or `amqps://` addresses. */
  readonly urls: readonly string[];
  readonly topology: Topology;
  readonly log: Log;
  /** Shown in RabbitMQ's list of connections. */
  readonly name: string;
}

/**
 * Opens the bus and declares the topology. A broker that is away does not fail this: it is tried for ever, and `health()`
 * says why. @throws ConfigError for addresses that cannot work.
 */
export async function openBus({ urls, topology, log, name }: BusOptions): Promise<Bus> {
  if (urls.length === 0) throw new ConfigError(['FARM_BROKER_URL: expected memory: or amqp://…, got nothing']);
  if (urls.length === 1 && urls[0] === 'memory:') return createMemoryBus({ topology, log });
  const addresses = urls.map(brokerAddress);
  const buses = await Promise.all(addresses.map((address) => createAmqpBus({ address, topology, log, name })));
  const [only, ...more] = buses;
  return only !== undefined && more.length === 0 ? only : joinBuses(buses);
}
